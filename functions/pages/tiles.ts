import type { Context } from 'hono';
import { AppError, notFound } from '../../domain/errors.ts';
import type { ApiEnv } from '../api.ts';
import type { Deps } from '../deps.ts';

const TIMEOUT_MS = 5000;

/**
 * Passes a map tile on from TILE_URL. So the page loads from one origin only, the provider learns of no customer, and a
 * key in the URL stays here. Throws `unavailable` when the provider fails.
 */
export async function passTile(
  deps: Pick<Deps, 'tileUrl'>,
  c: Context<ApiEnv, '/tiles/:z/:x/:y'>,
): Promise<Response> {
  const { z, x, y } = c.req.param();
  const [row] = y.split('.');
  if (![z, x, row].every((part) => part !== undefined && /^\d{1,8}$/.test(part))) throw notFound('tile');
  if (deps.tileUrl === undefined) throw notFound('tile');
  const url = new URL(fill(deps.tileUrl, { z, x, y: row }));
  const theme = c.req.query('theme');
  if (theme === 'dark') url.searchParams.set('theme', theme);
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause: unknown) => {
    throw new AppError('unavailable', 'Map tiles cannot be had just now.', { retryAfter: 10, cause });
  });
  const type = answer.headers.get('Content-Type') ?? '';
  if (answer.status === 404) throw notFound('tile');
  if (!answer.ok || !type.startsWith('image/')) {
    throw new AppError('unavailable', 'Map tiles cannot be had just now.', { retryAfter: 10 });
  }
  return c.body(await answer.arrayBuffer(), 200, {
    'Content-Type': type,
    'Cache-Control': answer.headers.get('Cache-Control') ?? 'public, max-age=86400',
    // An SVG opened by itself is a document of our origin: it may draw, and nothing else.
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  });
}

const fill = (template: string, values: Record<string, string | undefined>): string =>
  template.replaceAll(/\{([zxy])\}/g, (whole, key: string) => values[key] ?? whole);
