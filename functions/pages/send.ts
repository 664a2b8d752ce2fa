import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import type { ApiEnv } from '../api.ts';
import type { Deps } from '../deps.ts';

/** The page's language: `?lang=`, else what the browser prefers. */
export function localeOf(deps: Pick<Deps, 'pages'>, c: Context<ApiEnv>): string {
  return deps.pages.chooseLocale(c.req.header('Accept-Language'), c.req.query('lang'));
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
    "img-src 'self' data: blob: https:",
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
