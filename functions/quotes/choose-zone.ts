import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import type { Location } from '../../domain/geo.ts';
import { type FeeRule, feeFor, type OpeningHours, type ZoneArea } from '../../domain/zones.ts';
import { nextOpen } from '../zones/next-open.ts';

type Zone = { id: string; area: ZoneArea; fee: FeeRule; hours: OpeningHours | null };
export type ZoneQuestion = {
  dropoff: Location;
  /** Metres from the pickup. */
  metres: number;
  /** It is open for this when it is at any moment of it; milliseconds since 1970, one moment when both are the same. */
  when: { from: number; to: number };
  /** The merchant's. */
  timezone: string;
};

/** `opensAt`: the first moment of `when` at which it is open; of `closed`, the next one at all, null for never. */
export type ZoneChoice<Z> =
  | { outcome: 'open'; zone: Z; fee: number; opensAt: number }
  | { outcome: 'closed'; opensAt: number | null }
  | { outcome: 'outside' };

/**
 * Of the zones that hold the dropoff and are open, the cheapest for this distance; of equals the oldest. So a merchant
 * can lay a small cheap zone over a large one, and whoever asks is never told the dearer of two prices.
 */
export function chooseZone<Z extends Zone>(zones: readonly Z[], question: ZoneQuestion): ZoneChoice<Z> {
  const { dropoff, metres, when, timezone } = question;
  const around = zones.filter(({ area }) => booleanPointInPolygon([dropoff.lng, dropoff.lat], area));
  if (around.length === 0) return { outcome: 'outside' };
  const openings = around.map((zone) => ({
    zone,
    fee: feeFor(zone.fee, metres),
    opensAt: nextOpen(zone.hours, when.from, timezone) ?? Infinity,
  }));
  const [cheapest] = openings
    .filter(({ opensAt }) => opensAt <= when.to)
    .sort((a, b) => a.fee - b.fee || (a.zone.id < b.zone.id ? -1 : 1));
  if (cheapest !== undefined) return { outcome: 'open', ...cheapest };
  const opensAt = Math.min(...openings.map((opening) => opening.opensAt));
  return { outcome: 'closed', opensAt: opensAt === Infinity ? null : opensAt };
}
