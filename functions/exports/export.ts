import { z } from '@hono/zod-openapi';
import { eq } from 'drizzle-orm';
import { DateTime } from 'luxon';
import { merchants } from '../../db/schema/accounts.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { audit } from '../accounts/audit.ts';
import { type Period, PeriodQuery, periodOf } from '../analytics/get.ts';
import { decimalsOf, inMajor } from '../csv/amounts.ts';
import { type Columns, csvStream } from '../csv/write.ts';
import type { Deps } from '../deps.ts';

const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const;

export const ExportQuery = PeriodQuery.extend({
  separator: z.enum(['comma', 'semicolon', 'tab']).default('comma'),
  bom: z.enum(['0', '1']).default('0').openapi({
    description: "1: begin with UTF-8's mark, without which Excel takes the file for another encoding.",
  }),
});
export type ExportQuery = z.infer<typeof ExportQuery>;

/** What all exports say of themselves in the description of the API. */
export const ABOUT_EXPORTS =
  'At most 366 days in the time zone of the business, the last 30 when none are named. Times are in that zone, amounts in ' +
  'major units. Text that a spreadsheet would run begins with an apostrophe.';

export const csvAnswer = (description: string) => ({
  description,
  content: { 'text/csv': { schema: { type: 'string' as const } } },
});

export type CsvAnswer = { body: ReadableStream<Uint8Array>; headers: Record<string, string> };
/**
 * Rows to a page: each is read in a transaction of its own, so that none stays open for a slow reader. Writing one takes
 * some 30 ms, in which nobody else is answered.
 */
export const PAGE = 250;

type Export<Row> = {
  name: 'orders' | 'cash' | 'ratings';
  columns: (write: Writers) => Columns<Row>;
  pages: (period: Period) => AsyncGenerator<Row[]>;
};

/** The period's rows as a file, which is read while it is sent. It is noted in the audit log. Throws `invalid` for a period that is none. */
export async function exportCsv<Row>(
  deps: Deps,
  actor: Actor,
  query: ExportQuery,
  { name, columns, pages }: Export<Row>,
): Promise<CsvAnswer> {
  const { merchantId } = actor;
  const period = await deps.db.withMerchant(merchantId, async (tx) => {
    const [merchant] = await tx
      .select({ timezone: merchants.timezone })
      .from(merchants)
      .where(eq(merchants.id, merchantId));
    if (merchant === undefined) throw notFound('merchant');
    const asked = periodOf(query, merchant.timezone);
    await audit(tx, actor, {
      action: `${name}.exported`,
      entityType: 'merchant',
      entityId: merchantId,
      details: { from: asked.from, to: asked.to },
    });
    return asked;
  });
  const format = { separator: SEPARATORS[query.separator], bom: query.bom === '1' };
  return {
    body: await csvStream(pages(period), columns(writersFor(period.timezone)), format, deps.log),
    headers: {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': `attachment; filename="${name}-${period.from}-${period.to}.csv"`,
      'Cache-Control': 'private, no-store',
    },
  };
}

export type Writers = ReturnType<typeof writersFor>;

const writersFor = (zone: string) => ({
  /** ISO 8601 with the offset of that zone. */
  time: (at: Date | string | null | undefined): string | null =>
    at == null ? null : DateTime.fromMillis(new Date(at).getTime(), { zone }).toISO(),
  /** In major units, as `12.50`. */
  amount: (minor: number | null | undefined, currency: string): string | null =>
    minor == null ? null : inMajor(minor, decimals(currency)),
});

const known = new Map<string, number>();

export function decimals(currency: string): number {
  const count = known.get(currency) ?? decimalsOf(currency);
  known.set(currency, count);
  return count;
}
