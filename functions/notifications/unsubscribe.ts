import { createRoute } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import type { Context } from 'hono';
import { merchants } from '../../db/schema/accounts.ts';
import { customers } from '../../db/schema/orders.ts';
import { readUnsubscribeToken } from '../../db/unsubscribe-token.ts';
import { notFound } from '../../domain/errors.ts';
import { languageOf } from '../../domain/notifications.ts';
import { type ApiEnv, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { TokenParam } from '../tracking/get.ts';

const PAGE = {
  tags: ['Notifications'],
  request: { params: TokenParam },
  responses: {
    200: { description: 'A page', content: { 'text/html': {} } },
    ...problems('not_found'),
  },
};

export const askUnsubscribeRoute = createRoute({
  method: 'get',
  path: '/v1/notifications/unsubscribe/{token}',
  summary: 'Ask whether a customer wants no more emails',
  description: 'The link of an email.',
  ...PAGE,
});

export const confirmUnsubscribeRoute = createRoute({
  method: 'post',
  path: '/v1/notifications/unsubscribe/{token}',
  summary: 'Let a customer get no more emails',
  description: 'What the page posts, and a mail program by itself (RFC 8058).',
  ...PAGE,
});

const WORDS = {
  en: {
    ask: 'No more emails about your deliveries?',
    yes: 'No more emails',
    done: 'You get no more emails.',
  },
  es: {
    ask: '¿No quieres más correos sobre tus entregas?',
    yes: 'No más correos',
    done: 'No recibirás más correos.',
  },
};

/** What an email's link opens: it asks first, since mail scanners open links. Throws `not_found`. */
export async function askUnsubscribe(deps: Deps, c: Context<ApiEnv>, token: string): Promise<Response> {
  const { words, name } = await find(deps, token);
  return page(c, name, `<p>${words.ask}</p><form method="post"><button>${words.yes}</button></form>`);
}

/** The page's button, and a mail program's own (RFC 8058), which looks at nothing but the status. Throws `not_found`. */
export async function confirmUnsubscribe(deps: Deps, c: Context<ApiEnv>, token: string): Promise<Response> {
  const { merchantId, customerId, words, name } = await find(deps, token);
  await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .update(customers)
      .set({
        optedOut: sql`array_append(coalesce(${customers.optedOut}, '{}'), 'email')`,
        updatedAt: sql`clock_timestamp()`,
      })
      .where(
        and(
          eq(customers.merchantId, merchantId),
          eq(customers.id, customerId),
          sql`not 'email' = any (coalesce(${customers.optedOut}, '{}'))`,
        ),
      ),
  );
  return page(c, name, `<p>${words.done}</p>`);
}

async function find({ db, links }: Deps, token: string) {
  const whose = readUnsubscribeToken(links.trackingKey, token);
  if (whose === undefined) throw notFound('link');
  const { merchantId, customerId } = whose;
  const [found] = await db.withMerchant(merchantId, (tx) =>
    tx
      .select({ name: merchants.name, language: merchants.language })
      .from(customers)
      .innerJoin(merchants, eq(merchants.id, customers.merchantId))
      .where(and(eq(customers.merchantId, merchantId), eq(customers.id, customerId))),
  );
  if (found === undefined) throw notFound('link');
  return { merchantId, customerId, name: found.name, words: WORDS[languageOf(found.language)] };
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

function page(c: Context<ApiEnv>, name: string, content: string): Response {
  return c.html(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(name)}</title><body style="font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:3em auto;padding:0 1em"><h1>${escaped(name)}</h1>${content}</body>`,
    200,
    {
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'Cache-Control': 'private, no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Robots-Tag': 'noindex',
    },
  );
}
