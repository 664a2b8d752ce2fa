import { createRoute, z } from '@hono/zod-openapi';
import { and, avg, count, eq, gt, gte, isNull, lt, or, sql } from 'drizzle-orm';
import { DateTime } from 'luxon';
import type { Transaction } from '../../db/client.ts';
import { merchants } from '../../db/schema/accounts.ts';
import { ratings } from '../../db/schema/conversation.ts';
import { drivers, shifts } from '../../db/schema/drivers.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { addFigures, DayFigures, STAGES, share } from './figures.ts';

const MOST_DAYS = 366;
const DEFAULT_DAYS = 30;
const MOST_DRIVERS = 100;

export const PeriodQuery = z.object({
  from: z.iso.date().optional().openapi({ description: 'The first day, in the time zone of the business.' }),
  to: z.iso.date().optional().openapi({ description: 'The last day; today without it.' }),
});
export type PeriodQuery = z.infer<typeof PeriodQuery>;

const Spread = z.object({ count: z.int(), median: z.int().nullable(), p90: z.int().nullable() });

export const Analytics = z
  .object({
    period: z.object({ from: z.iso.date(), to: z.iso.date(), timezone: z.string() }),
    orders: z.object({
      total: z.int(),
      byStatus: z.record(z.string(), z.int()),
      byHour: z.array(z.int()).openapi({ description: 'By the hour of creation, 0 to 23.' }),
      byDay: z.array(z.object({ day: z.iso.date(), created: z.int(), delivered: z.int() })),
    }),
    onTime: z
      .object({ promised: z.int(), onTime: z.int(), rate: z.number().nullable() })
      .openapi({ description: 'Of the delivered orders that had a time promised.' }),
    times: z
      .object(
        Object.fromEntries(STAGES.map((stage) => [stage, Spread])) as Record<
          (typeof STAGES)[number],
          typeof Spread
        >,
      )
      .openapi({ description: 'Seconds, right within 2.5 %.' }),
    etaError: Spread.openapi({
      description:
        'Seconds between the arrival that was estimated at pickup and the delivery, early or late.',
    }),
    distance: z
      .object({ total: z.int(), average: z.int().nullable() })
      .openapi({ description: 'Metres between the stops as the crow flies, of delivered orders.' }),
    failures: z.object({ attempts: z.int(), reasons: z.record(z.string(), z.int()) }),
    money: z
      .array(
        z.object({
          currency: z.string(),
          tips: z.int(),
          cashCollected: z.int(),
          fees: z.int(),
          totals: z.int(),
        }),
      )
      .openapi({ description: 'Of delivered orders, in minor units.' }),
    ratings: z.object({ count: z.int(), average: z.number().nullable() }),
    drivers: z.object({
      hours: z.number().openapi({ description: 'On duty, of all.' }),
      deliveriesPerHour: z.number().nullable(),
      data: z.array(
        z.object({
          driverId: z.uuid(),
          name: z.string(),
          delivered: z.int(),
          onTimeRate: z.number().nullable(),
          distance: z.int(),
          hours: z.number(),
          deliveriesPerHour: z.number().nullable(),
        }),
      ),
    }),
  })
  .openapi('Analytics');
export type Analytics = z.infer<typeof Analytics>;

export const getAnalyticsRoute = createRoute({
  method: 'get',
  path: '/v1/analytics',
  summary: 'The figures of a period, by the day on which orders were created',
  description: `At most ${MOST_DAYS} days; the last ${DEFAULT_DAYS} when none are named. Sandbox orders do not count.`,
  tags: ['Analytics'],
  ...secured('analytics:read'),
  request: { query: PeriodQuery },
  responses: { 200: answer(Analytics, 'The figures'), ...securedProblems() },
});

/** Managers and API keys. Throws `invalid` for a period that is none. */
export async function getAnalytics(
  { db }: Pick<Deps, 'db'>,
  { merchantId }: Actor,
  query: PeriodQuery,
): Promise<Analytics> {
  return db.withMerchant(merchantId, async (tx) => {
    const [merchant] = await tx
      .select({ timezone: merchants.timezone })
      .from(merchants)
      .where(eq(merchants.id, merchantId));
    if (merchant === undefined) throw notFound('merchant');
    const period = periodOf(query, merchant.timezone);
    const days = await readDays(tx, merchantId, period);
    const { drivers: byDriver, orders, ...figures } = addFigures(days.map((day) => day.figures));
    const hours = await hoursOnDuty(tx, merchantId, period);
    const names = await namesOf(tx, merchantId);
    return {
      period: { from: period.from, to: period.to, timezone: period.timezone },
      orders: {
        ...orders,
        byDay: days.map(({ day, figures: { status } }) => ({
          day,
          created: Object.values(status ?? {}).reduce((sum, n) => sum + n, 0),
          delivered: status?.delivered ?? 0,
        })),
      },
      ...figures,
      ratings: await ratingsOf(tx, merchantId, period),
      drivers: driversAnswer(byDriver, hours, names),
    };
  });
}

export type Period = { from: string; to: string; timezone: string; starts: Date; ends: Date };

export function periodOf({ from, to }: PeriodQuery, timezone: string): Period {
  const day = (iso: string) => DateTime.fromISO(iso, { zone: timezone });
  const last = to === undefined ? DateTime.now().setZone(timezone).startOf('day') : day(to);
  const first = from === undefined ? last.minus({ days: DEFAULT_DAYS - 1 }) : day(from);
  const days = last.diff(first, 'days').days + 1;
  if (days < 1) throw wrongPeriod('to', 'must not be before `from`');
  if (Math.round(days) > MOST_DAYS)
    throw wrongPeriod('from', `must be at most ${MOST_DAYS} days before \`to\``);
  return {
    from: first.toFormat('yyyy-MM-dd'),
    to: last.toFormat('yyyy-MM-dd'),
    timezone,
    starts: first.toJSDate(),
    ends: last.plus({ days: 1 }).toJSDate(),
  };
}

const wrongPeriod = (path: string, message: string): AppError =>
  new AppError('invalid', 'The period is not valid.', { errors: [{ path, message }] });

const DAYS_A_STATEMENT = 31;

/** Days to come have no figures, and are left out. By months: the first look at a year makes the figures of each day. */
async function readDays(tx: Transaction, merchantId: string, { from, to, timezone }: Period) {
  const days: { day: string; figures: DayFigures }[] = [];
  for (let first = DateTime.fromISO(from); first <= DateTime.fromISO(to); ) {
    const last = DateTime.min(first.plus({ days: DAYS_A_STATEMENT - 1 }), DateTime.fromISO(to));
    const rows = await tx.execute<{ day: string; figures: unknown }>(sql`
      select on_day::text as day, figures_of as figures
      from analytics_days_of(${merchantId}, ${first.toISODate()}::date, ${last.toISODate()}::date, ${timezone})`);
    for (const { day, figures } of rows) {
      if (figures !== null) days.push({ day, figures: DayFigures.parse(figures) });
    }
    first = last.plus({ days: 1 });
  }
  return days;
}

/** By driver: what of their shifts lies within the period; one that goes on counts until now. */
async function hoursOnDuty(tx: Transaction, merchantId: string, { starts, ends }: Period) {
  const [start, end] = [starts.toISOString(), ends.toISOString()];
  const until = sql`least(coalesce(${shifts.endedAt}, now()), ${end}::timestamptz)`;
  const rows = await tx
    .select({
      driverId: shifts.driverId,
      hours: sql<number>`(sum(extract(epoch from ${until} - greatest(${shifts.startedAt}, ${start}::timestamptz)))
        / 3600)::float8`,
    })
    .from(shifts)
    .where(
      and(
        eq(shifts.merchantId, merchantId),
        lt(shifts.startedAt, ends),
        or(isNull(shifts.endedAt), gt(shifts.endedAt, starts)),
      ),
    )
    .groupBy(shifts.driverId);
  return new Map(rows.map(({ driverId, hours }) => [driverId, Math.max(0, hours)]));
}

async function namesOf(tx: Transaction, merchantId: string): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: drivers.id, name: drivers.name })
    .from(drivers)
    .where(eq(drivers.merchantId, merchantId));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function ratingsOf(tx: Transaction, merchantId: string, { starts, ends }: Period) {
  const [row] = await tx
    .select({ count: count(), average: avg(ratings.stars) })
    .from(ratings)
    .where(
      and(eq(ratings.merchantId, merchantId), gte(ratings.createdAt, starts), lt(ratings.createdAt, ends)),
    );
  const average = row?.average ?? null;
  return { count: row?.count ?? 0, average: average === null ? null : round(Number(average)) };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Those who brought the most first. */
function driversAnswer(
  byDriver: ReturnType<typeof addFigures>['drivers'],
  hours: ReadonlyMap<string, number>,
  names: ReadonlyMap<string, string>,
): Analytics['drivers'] {
  const perHour = (delivered: number, worked: number) => (worked <= 0 ? null : round(delivered / worked));
  const everyone = [...new Set([...byDriver.keys(), ...hours.keys()])].map((driverId) => {
    const { delivered, promised, onTime, distance } = byDriver.get(driverId) ?? NOTHING;
    const worked = hours.get(driverId) ?? 0;
    return {
      driverId,
      name: names.get(driverId) ?? '',
      delivered,
      onTimeRate: share(onTime, promised),
      distance,
      hours: round(worked),
      deliveriesPerHour: perHour(delivered, worked),
    };
  });
  const total = [...hours.values()].reduce((sum, worked) => sum + worked, 0);
  const delivered = everyone.reduce((sum, driver) => sum + driver.delivered, 0);
  return {
    hours: round(total),
    deliveriesPerHour: perHour(delivered, total),
    data: everyone.sort((a, b) => b.delivered - a.delivered).slice(0, MOST_DRIVERS),
  };
}

const NOTHING = { delivered: 0, promised: 0, onTime: 0, distance: 0 };
