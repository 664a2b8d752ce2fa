import { z } from 'zod';
import { Money } from './orders.ts';
import { ringFault } from './ring.ts';

/** Of one area, over all its rings: a request looks at every zone's. */
const MOST_POSITIONS = 2000;

/** GeoJSON (RFC 7946): longitude, then latitude. */
const Position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const Ring = z
  .array(Position)
  // Only what is short enough is looked at closely.
  .min(4, { abort: true })
  .max(MOST_POSITIONS, { abort: true })
  .superRefine((ring, ctx) => {
    const fault = ringFault(ring);
    if (fault === null) return;
    const { at, message } = fault;
    ctx.addIssue({ code: 'custom', path: at === undefined ? [] : [at], message });
  });
/** The border, then its holes. */
const Rings = z.array(Ring).min(1).max(50);

/** One that crosses the 180th meridian is cut there into a MultiPolygon (RFC 7946, 3.1.9). */
export const ZoneArea = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('Polygon'), coordinates: Rings }),
    z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(Rings).min(1).max(50) }),
  ])
  .refine(({ type, coordinates }) => coordinates.flat(type === 'Polygon' ? 1 : 2).length <= MOST_POSITIONS, {
    path: ['coordinates'],
    message: `holds more than ${MOST_POSITIONS} positions; simplify it`,
  });
export type ZoneArea = z.infer<typeof ZoneArea>;

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
