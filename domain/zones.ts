import { z } from 'zod';
import { Money } from './orders.ts';
import { ringFault } from './ring.ts';

/** Of one area, over all its rings: a request looks at every zone's. */
const MOST_POSITIONS = 2000;

/** GeoJSON (RFC 7946): longitude, then latitude. */
const Position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const Ring = z.array(Position).min(4, { abort: true }).max(MOST_POSITIONS, { abort: true });
/** The border, then its holes. */
const Rings = z.array(Ring).min(1).max(50);

/** One that crosses the 180th meridian is cut there into a MultiPolygon (RFC 7946, 3.1.9). */
export const ZoneArea = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('Polygon'), coordinates: Rings }),
    z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(Rings).min(1).max(50) }),
  ])
  .superRefine((area, ctx) => {
    const rings = ringsOf(area);
    // Only what is short enough is looked at closely.
    if (rings.reduce((sum, { ring }) => sum + ring.length, 0) > MOST_POSITIONS) {
      const message = `holds more than ${MOST_POSITIONS} positions; simplify it`;
      ctx.addIssue({ code: 'custom', path: ['coordinates'], message });
      return;
    }
    for (const { ring, path } of rings) {
      const fault = ringFault(ring);
      if (fault === null) continue;
      const { at, message } = fault;
      ctx.addIssue({ code: 'custom', path: at === undefined ? path : [...path, at], message });
    }
  });
export type ZoneArea = z.infer<typeof ZoneArea>;

type Polygon = { type: 'Polygon'; coordinates: z.infer<typeof Rings> };
type MultiPolygon = { type: 'MultiPolygon'; coordinates: z.infer<typeof Rings>[] };

/** Each with its path. */
function ringsOf(area: Polygon | MultiPolygon) {
  if (area.type === 'Polygon') {
    return area.coordinates.map((ring, index) => ({ ring, path: ['coordinates', index] }));
  }
  return area.coordinates.flatMap((rings, polygon) =>
    rings.map((ring, index) => ({ ring, path: ['coordinates', polygon, index] })),
  );
}

/** fee = max(minimum, base + perKm × kilometres), in minor units. */
export const FeeRule = z.strictObject({ base: Money, perKm: Money.default(0), minimum: Money.default(0) });
export type FeeRule = z.infer<typeof FeeRule>;

/** What a delivery over that straight-line distance costs, in minor units: rounded to one, and never above what Money holds. */
export function feeFor({ base, perKm, minimum }: FeeRule, metres: number): number {
  const fee = Math.max(minimum, base + Math.round((perKm * metres) / 1000));
  return Math.min(fee, Money.maxValue ?? fee);
}

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, {
  abort: true,
  message: 'must be HH:MM',
});

/** In the merchant's time zone. `day` 1 is Monday (ISO 8601). Hours over midnight are two entries; none at all is closed. */
export const OpeningHours = z
  .array(
    z
      .strictObject({ day: z.int().min(1).max(7), from: TimeOfDay, to: TimeOfDay })
      .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be after `from`' }),
  )
  .max(50);
export type OpeningHours = z.infer<typeof OpeningHours>;
