import { z } from 'zod';
import { Money } from './orders.ts';

/** GeoJSON (RFC 7946): longitude, then latitude. */
const Position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
/** Closed: its last position is its first. */
const Ring = z
  .array(Position)
  .min(4)
  .max(2000)
  .refine((ring) => String(ring[0]) === String(ring.at(-1)), { message: 'must end where it starts' });
const Rings = z.array(Ring).min(1).max(50);

export const ZoneArea = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Polygon'), coordinates: Rings }),
  z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(Rings).min(1).max(50) }),
]);
export type ZoneArea = z.infer<typeof ZoneArea>;

/** fee = max(minimum, base + perKm × kilometres), in minor units. */
export const FeeRule = z.strictObject({ base: Money, perKm: Money.default(0), minimum: Money.default(0) });
export type FeeRule = z.infer<typeof FeeRule>;

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { message: 'must be HH:MM' });

/** `day` 1 is Monday (ISO 8601). Hours over midnight are two entries. */
export const OpeningHours = z
  .array(
    z
      .strictObject({ day: z.int().min(1).max(7), from: TimeOfDay, to: TimeOfDay })
      .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be after `from`' }),
  )
  .max(50);
export type OpeningHours = z.infer<typeof OpeningHours>;
