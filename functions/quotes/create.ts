import { createRoute, z } from '@hono/zod-openapi';
import { and, asc, eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { merchants } from '../../db/schema/accounts.ts';
import { quotes, zones } from '../../db/schema/zones.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { distance, Location } from '../../domain/geo.ts';
import { Instant, Item, TimeWindow } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { wrongTimes } from '../orders/times.ts';
import { type Asked, reckon } from './reckon.ts';

/** So long a price and a promise are kept for whoever asked. */
const GOOD_FOR = sql`interval '15 minutes'`;

const Place = z
  .strictObject({ address: text(500).optional(), location: Location.optional() })
  .refine(({ address, location }) => address !== undefined || location !== undefined, {
    message: 'needs an address or a location',
  });

export const NewQuote = z
  .strictObject({
    pickup: Place.optional().openapi({ description: "Left out: the merchant's usual one." }),
    dropoff: Place,
    readyAt: Instant.optional(),
    window: TimeWindow.optional().openapi({ description: 'Of the dropoff. Left out: as soon as possible.' }),
    items: z.array(Item).max(200).default([]).openapi({ description: 'They do not change the fee.' }),
  })
  .openapi('NewQuote');
export type NewQuote = z.infer<typeof NewQuote>;

const Range = z.object({ from: Instant, to: Instant });
export const Quote = z
  .object({
    id: z.uuid(),
    fee: z.int(),
    currency: z.string(),
    distance: z.int().openapi({ description: 'Metres from pickup to dropoff in a straight line.' }),
    eta: z.object({ pickup: Range, dropoff: Range }),
    zone: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    pickup: Location,
    dropoff: Location,
    expiresAt: Instant,
  })
  .openapi('Quote');
export type Quote = z.infer<typeof Quote>;

export const createQuoteRoute = createRoute({
  method: 'post',
  path: '/v1/quotes',
  summary: 'Ask what a delivery costs and when it would arrive',
  description:
    'Good for 15 minutes and for one order, which names it by `quoteId`. A refusal (422) says why in `reason`: ' +
    '`outside_zones`, `closed` (with `opensAt`), `too_soon` (with `earliest`) or `not_found` (an address).',
  tags: ['Quotes'],
  ...secured('quotes:create'),
  request: { headers: IdempotencyKey, body: body(NewQuote) },
  responses: { 201: answer(Quote, 'The quote'), ...securedProblems('conflict', 'unprocessable') },
});

/** Managers and API keys. Throws `invalid` for times that cannot be and `unprocessable` where and when nothing is brought. */
export async function createQuote(
  deps: Deps,
  actor: Actor,
  input: NewQuote,
  once: Once | undefined,
): Promise<Quote> {
  const [pickup, dropoff] = await Promise.all([
    input.pickup && find(deps, 'pickup', input.pickup),
    find(deps, 'dropoff', input.dropoff),
  ]);
  const { merchantId } = actor;
  return createOnce(deps, actor, once, async (tx) => {
    const now = Date.now();
    refuseWrongTimes(input, now);
    const merchant = await load(tx, merchantId);
    const from = pickup ?? merchant.pickup?.location;
    if (from === undefined) throw noPickup();
    const places = { pickup: from, dropoff, distance: Math.round(distance(from, dropoff)) };
    const asked: Asked = { ...places, readyAt: input.readyAt, window: input.window, now };
    const { zone, ...reckoned } = reckon(merchant, merchant.zones, asked);
    const [row] = await tx
      .insert(quotes)
      .values({
        ...{ merchantId, id: uuidv7(), zoneId: zone?.id ?? null, currency: merchant.currency },
        ...places,
        ...reckoned,
        expiresAt: sql`now() + ${GOOD_FOR}`,
      })
      .returning();
    if (row === undefined) throw new Error('The insert returned no quote.');
    const { id, fee, currency, eta, expiresAt } = row;
    return { id, fee, currency, eta, zone, ...places, expiresAt: expiresAt.toISOString() };
  });
}

async function find({ geocoder }: Deps, path: string, place: z.infer<typeof Place>): Promise<Location> {
  const location = place.location ?? (place.address && (await geocoder(place.address)));
  if (location) return location;
  throw new AppError('unprocessable', 'The address is not found; give a location.', {
    errors: [{ path: `${path}.address`, message: 'is not found' }],
    extra: { reason: 'not_found' },
  });
}

function refuseWrongTimes({ readyAt, window }: NewQuote, now: number): void {
  const errors = wrongTimes({ readyAt, dropoff: { window } }, now).map(({ path, message }) => ({
    path: path === 'dropoff.window' ? 'window' : path,
    message,
  }));
  if (errors.length > 0) throw new AppError('invalid', 'The request is not valid.', { errors });
}

async function load(tx: Transaction, merchantId: string) {
  const [merchant] = await tx.select().from(merchants).where(eq(merchants.id, merchantId));
  if (merchant === undefined) throw notFound('merchant');
  const own = eq(zones.merchantId, merchantId);
  const active = await tx
    .select()
    .from(zones)
    .where(and(own, eq(zones.active, true)))
    .orderBy(asc(zones.id));
  // Only who has no zone at all delivers anywhere: switched off, they are places not delivered to.
  const anywhere = active.length === 0 && (await tx.$count(zones, own)) === 0;
  return { ...merchant, zones: anywhere ? null : active };
}

const noPickup = () =>
  new AppError('invalid', 'The quote needs a pickup: the merchant has no usual one with a location.', {
    errors: [{ path: 'pickup', message: 'is required while the merchant has no default pickup' }],
  });
