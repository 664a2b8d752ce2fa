import { z } from 'zod';
import { addHistograms, countOf, type Histogram, quantile } from '../../domain/histogram.ts';

const Counts = z.record(z.string(), z.number()).nullable();
const Money = z.object({ tips: z.number(), cashCollected: z.number(), fees: z.number(), totals: z.number() });
const OfDriver = z.object({
  delivered: z.number(),
  promised: z.number(),
  onTime: z.number(),
  distance: z.number(),
});

/** What `analytics_of` gives of a day. A day without orders has nulls. */
export const DayFigures = z.object({
  status: Counts,
  hours: Counts,
  stages: z.record(z.string(), z.record(z.string(), z.number())).nullable(),
  reasons: Counts,
  money: z.record(z.string(), Money).nullable(),
  drivers: z.record(z.string(), OfDriver).nullable(),
  promised: z.number(),
  onTime: z.number(),
  distance: z.number(),
  measured: z.number(),
  attempts: z.number(),
});
export type DayFigures = z.infer<typeof DayFigures>;

export const STAGES = [
  'createdToAssigned',
  'assignedToPickup',
  'pickupToDelivered',
  'createdToDelivered',
] as const;

/** The figures of a period from those of its days. Medians come from histograms, which add up. */
export function addFigures(days: readonly DayFigures[]) {
  const sumOf = (pick: (day: DayFigures) => number): number => days.reduce((sum, day) => sum + pick(day), 0);
  const status = addHistograms(days.map((day) => day.status ?? {}));
  const hours = addHistograms(days.map((day) => day.hours ?? {}));
  const stage = (name: string): Histogram => addHistograms(days.map((day) => day.stages?.[name] ?? {}));
  const promised = sumOf((day) => day.promised);
  const onTime = sumOf((day) => day.onTime);
  const measured = sumOf((day) => day.measured);
  const distance = sumOf((day) => day.distance);
  return {
    orders: {
      total: countOf(status),
      byStatus: status,
      byHour: Array.from({ length: 24 }, (_, hour) => hours[String(hour)] ?? 0),
    },
    onTime: { promised, onTime, rate: share(onTime, promised) },
    times: Object.fromEntries(STAGES.map((name) => [name, spread(stage(name))])) as Record<
      (typeof STAGES)[number],
      Spread
    >,
    etaError: spread(stage('etaError')),
    distance: { total: distance, average: measured === 0 ? null : Math.round(distance / measured) },
    failures: {
      attempts: sumOf((day) => day.attempts),
      reasons: addHistograms(days.map((day) => day.reasons ?? {})),
    },
    money: addMoney(days),
    drivers: addDrivers(days),
  };
}

export type Spread = { count: number; median: number | null; p90: number | null };
const spread = (histogram: Histogram): Spread => ({
  count: countOf(histogram),
  median: quantile(histogram, 0.5),
  p90: quantile(histogram, 0.9),
});

export const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

/** By currency: a business may have changed its own. */
function addMoney(days: readonly DayFigures[]) {
  const sums = new Map<string, z.infer<typeof Money>>();
  for (const [currency, money] of days.flatMap((day) => Object.entries(day.money ?? {}))) {
    const sum = sums.get(currency) ?? { tips: 0, cashCollected: 0, fees: 0, totals: 0 };
    sums.set(currency, {
      tips: sum.tips + money.tips,
      cashCollected: sum.cashCollected + money.cashCollected,
      fees: sum.fees + money.fees,
      totals: sum.totals + money.totals,
    });
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum }));
}

function addDrivers(days: readonly DayFigures[]): Map<string, z.infer<typeof OfDriver>> {
  const sums = new Map<string, z.infer<typeof OfDriver>>();
  for (const [driverId, figures] of days.flatMap((day) => Object.entries(day.drivers ?? {}))) {
    const sum = sums.get(driverId) ?? { delivered: 0, promised: 0, onTime: 0, distance: 0 };
    sums.set(driverId, {
      delivered: sum.delivered + figures.delivered,
      promised: sum.promised + figures.promised,
      onTime: sum.onTime + figures.onTime,
      distance: sum.distance + figures.distance,
    });
  }
  return sums;
}
