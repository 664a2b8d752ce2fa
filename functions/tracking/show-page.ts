import type { Context } from 'hono';
import type { ApiEnv } from '../api.ts';
import type { Deps } from '../deps.ts';
import { localeOf, sendPage } from '../pages/send.ts';
import { findByToken } from './find-order.ts';
import { loadTracking } from './get.ts';

/** `/t/:token`: the whole page, useful before any script; a link that leads nowhere says so, with its status. */
export async function showTrackingPage(deps: Deps, c: Context<ApiEnv>, token: string): Promise<Response> {
  const link = await findByToken(deps, token);
  const locale = localeOf(deps, c);
  // The address is a secret: it stays out of caches and referrers.
  const headers = {
    'Cache-Control': 'private, no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex',
  };
  if (link.kind !== 'good') {
    const { kind } = link;
    const status = kind === 'expired' ? 410 : 404;
    return sendPage(deps, c, (nonce) => deps.pages.link({ kind, locale, nonce }), status, headers);
  }
  const view = await loadTracking(deps, link.merchantId, link.orderId);
  const now = Date.now();
  return sendPage(deps, c, (nonce) => deps.pages.tracking({ view, token, locale, nonce, now }), 200, headers);
}
