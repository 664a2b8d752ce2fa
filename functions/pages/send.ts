import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ApiEnv } from '../api.ts';
import type { Deps } from '../deps.ts';

export type Locale = 'en' | 'es';

/** The page's language: `?lang=`, else the browser's. */
export function localeOf(c: Context<ApiEnv>): Locale {
  const asked = c.req.query('lang');
  if (asked === 'en' || asked === 'es') return asked;
  const language = accepts(c, {
    header: 'Accept-Language',
    supports: ['en', 'es'],
    default: 'en',
    match: (ranked, { supports, default: fallback }) =>
      [...ranked]
        .sort((a, b) => b.q - a.q)
        .map(({ type }) => type.slice(0, 2).toLowerCase())
        .find((type) => supports.includes(type)) ?? fallback,
  });
  return language === 'es' ? 'es' : 'en';
}

/** Answers HTML under a policy that lets nothing foreign in: own files, own rooms, and scripts with this page's nonce. */
export function sendPage(
  deps: Pick<Deps, 'rooms'>,
  c: Context<ApiEnv>,
  render: (nonce: string) => string,
  status: 200 | 404 | 410 = 200,
  headers: Record<string, string> = {},
): Response {
  const nonce = randomBytes(16).toString('base64url');
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: https:",
    `connect-src 'self' ${deps.rooms.origins.join(' ')}`,
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
  return c.html(render(nonce), status, {
    'Content-Security-Policy': policy,
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Permissions-Policy': 'geolocation=(self), camera=(self), microphone=()',
    Vary: 'Accept-Language',
    ...headers,
  });
}
