import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { merchants } from '../../db/schema/accounts.ts';
import { orders } from '../../db/schema/orders.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import { decimalsOf } from '../csv/amounts.ts';
import { readCsv } from '../csv/read.ts';
import type { Deps } from '../deps.ts';
import { createOnce, findAnswer, IdempotencyKey, type Once } from '../idempotency.ts';
import { customerOf, newRow } from './create.ts';
import { type Checked, checkRows, type ImportRow, type RowError } from './import-rows.ts';
import { eachAtOnce, geocoderFor } from './many.ts';
import { placed } from './place.ts';

export const MAX_IMPORT_BYTES = 2 * 1024 * 1024;
const MOST_ROWS = 2000;
const GEOCODING_MS = 10_000;
const GEOCODED_AT_ONCE = 8;
/** Orders to a statement. */
const CHUNK = 250;

export const ImportQuery = z.object({
  dryRun: z.enum(['true', 'false']).default('false').openapi({ description: 'Only checks.' }),
  onDuplicate: z.enum(['error', 'skip']).default('error').openapi({
    description: 'A row whose `external_id` an order has already: is it wrong, or passed over?',
  }),
  unknownColumns: z.enum(['error', 'ignore']).default('error'),
});
export type ImportOptions = z.infer<typeof ImportQuery>;

export const ImportResult = z
  .object({
    dryRun: z.boolean(),
    rows: z.int().openapi({ description: 'Without the header and empty ones.' }),
    valid: z.int(),
    skipped: z.int().openapi({ description: 'Passed over: their orders are here already.' }),
    unplaced: z.int().openapi({
      description: 'Of the created, those that wait for a manager to put them on the map.',
    }),
    errors: z.array(z.object({ row: z.int(), column: z.string().nullable(), message: z.string() })),
    created: z.array(z.uuid()).openapi({ description: 'Ids of the orders, in the order of the rows.' }),
  })
  .openapi('ImportResult');
export type ImportResult = z.infer<typeof ImportResult>;

export const importOrdersRoute = createRoute({
  method: 'post',
  path: '/v1/orders/import',
  summary: 'Import orders from a CSV file',
  description:
    `At most 2 MB and ${MOST_ROWS} rows. All rows are created, or none: when any is wrong it is 422, and \`errors\` names each ` +
    'with its `row`, as a spreadsheet counts, and its `column`. The columns are in the documentation.',
  tags: ['Orders'],
  ...secured('orders:create'),
  request: {
    headers: IdempotencyKey,
    query: ImportQuery,
    body: { required: true, content: { 'text/csv': { schema: { type: 'string' } } } },
  },
  responses: {
    200: answer(ImportResult, 'Nothing is wrong (dry run)'),
    201: answer(ImportResult, 'All orders were created'),
    ...securedProblems('conflict', 'too_large', 'unsupported_media_type', 'unprocessable'),
  },
});

/**
 * Managers and API keys. All orders are one transaction, so none is there without the others, whatever happens. Throws
 * `unprocessable` with every bad row, `conflict` while another import of the merchant is being written, and as createOnce
 * does.
 */
export async function importOrders(
  deps: Deps,
  actor: Actor,
  text: string,
  options: ImportOptions,
  once: Once | undefined,
): Promise<ImportResult> {
  const earlier = await findAnswer<ImportResult>(deps, actor, once);
  if (earlier !== undefined) return earlier;

  const { merchantId } = actor;
  const table = await readCsv(text, MOST_ROWS);
  const shop = await deps.db.withMerchant(merchantId, (tx) => readShop(tx, merchantId));
  const checked = checkRows(table, {
    shop,
    ignoreUnknown: options.unknownColumns === 'ignore',
    now: Date.now(),
  });
  const { rows } = checked;
  const fresh = await deps.db.withMerchant(merchantId, (tx) => split(tx, merchantId, checked, options));
  refuse(checked, [...checked.errors, ...fresh.errors], options);
  const result = {
    dryRun: true,
    rows,
    valid: rows,
    skipped: fresh.skipped,
    unplaced: 0,
    errors: [],
    created: [],
  };
  if (options.dryRun === 'true') return result;

  const ready = await placeAll(deps, fresh.orders);
  const done = await createOnce(deps, actor, once, async (tx) => {
    await takeTurn(tx, merchantId);
    // Some may have come since they were checked.
    const { orders: rest, errors } = await split(tx, merchantId, { ...checked, orders: ready }, options);
    refuse(checked, errors, options);
    return {
      ...result,
      dryRun: false,
      skipped: rows - rest.length,
      unplaced: rest.filter(({ order }) => !order.dropoff.location).length,
      created: await insertAll(deps, tx, actor, rest),
    };
  });
  deps.wakeRelay();
  return done;
}

async function readShop(tx: Transaction, merchantId: string) {
  const [merchant] = await tx
    .select({ timezone: merchants.timezone, currency: merchants.currency, pickup: merchants.pickup })
    .from(merchants)
    .where(eq(merchants.id, merchantId));
  if (merchant === undefined) throw notFound('merchant');
  const { timezone, currency, pickup } = merchant;
  return { timezone, currency, decimals: decimalsOf(currency), hasPickup: pickup !== null };
}

/** Those that are not here yet, and what is said of the others. */
async function split(
  tx: Transaction,
  merchantId: string,
  { orders: all, idColumn }: Checked,
  { onDuplicate }: ImportOptions,
): Promise<{ orders: ImportRow[]; skipped: number; errors: RowError[] }> {
  const ids = all.flatMap(({ order }) => order.externalId ?? []);
  const found = await tx
    .selectDistinct({ externalId: orders.externalId })
    .from(orders)
    .where(and(eq(orders.merchantId, merchantId), inArray(orders.externalId, ids)));
  const here = new Set(found.map(({ externalId }) => externalId));
  const isHere = ({ order }: ImportRow) => order.externalId !== undefined && here.has(order.externalId);
  const repeated = all.filter(isHere);
  const errors = repeated.map(({ row }) => ({
    row,
    column: idColumn,
    message: 'is that of an order that is here already',
  }));
  return {
    orders: all.filter((row) => !isHere(row)),
    skipped: repeated.length,
    errors: onDuplicate === 'error' ? errors : [],
  };
}

function refuse({ rows }: Checked, errors: RowError[], { dryRun }: ImportOptions): void {
  if (errors.length === 0) return;
  const bad = new Set(errors.map(({ row }) => row));
  const some = bad.size === 1 ? '1 row is' : `${bad.size} rows are`;
  throw new AppError('unprocessable', `${some} wrong; nothing was imported.`, {
    errors: errors
      .sort((a, b) => a.row - b.row)
      .map(({ row, column, message }) => ({
        path: column === null ? `${row}` : `${row}.${column}`,
        message,
        ...{ row, column },
      })),
    extra: { dryRun: dryRun === 'true', rows, valid: bad.has(1) ? 0 : rows - bad.size, created: [] },
  });
}

async function placeAll(deps: Deps, rows: ImportRow[]): Promise<ImportRow[]> {
  const geocoder = geocoderFor(deps.geocoder, GEOCODING_MS);
  return eachAtOnce(rows, GEOCODED_AT_ONCE, async ({ row, order }) => {
    const pickup = order.pickup && (await placed(geocoder, order.pickup));
    return { row, order: { ...order, pickup, dropoff: await placed(geocoder, order.dropoff) } };
  });
}

/** One import of a merchant at a time: of two with the same file the second is to see what the first has made. */
async function takeTurn(tx: Transaction, merchantId: string): Promise<void> {
  const [turn] = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`dropmate import ${merchantId}`}, 0)) as taken`,
  );
  if (turn?.taken === true) return;
  throw new AppError('conflict', 'Another import is being written.', { retryAfter: 2 });
}

/** By create_order, a few hundred to a statement. Returns the ids. */
async function insertAll(deps: Deps, tx: Transaction, actor: Actor, rows: ImportRow[]): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const chunk = rows.slice(at, at + CHUNK).map(({ order }) => {
      const row = newRow(deps, order);
      ids.push(row.id);
      return { row, customer: customerOf(order.dropoff), update: uuidv7() };
    });
    const outcomes = await tx.execute<{ outcome: string }>(sql`
      select create_order(${actor.merchantId}, o->'row', o->'customer', (o->>'update')::uuid, ${actor.type},
        ${actorId(actor)})->>'outcome' as outcome
      from jsonb_array_elements(${JSON.stringify(chunk)}::jsonb) o`);
    // The default pickup may have gone since the rows were checked.
    if (outcomes.some(({ outcome }) => outcome !== 'done')) {
      throw new AppError('conflict', 'The merchant was changed meanwhile; try again.', { retryAfter: 1 });
    }
  }
  return ids;
}
