import { z } from '@hono/zod-openapi';
import { and, eq, type InferSelectModel } from 'drizzle-orm';
import { zones } from '../../db/schema/zones.ts';
import { Instant } from '../../domain/orders.ts';
import { text } from '../../domain/text.ts';
import { FeeRule, OpeningHours, ZoneArea } from '../../domain/zones.ts';

export type ZoneRow = InferSelectModel<typeof zones>;

/** What a merchant decides of a zone. */
export const ZoneFields = {
  name: text(100),
  area: ZoneArea.describe(
    'GeoJSON, longitude first: closed rings that do not cross themselves, 2,000 positions in all.',
  ),
  fee: FeeRule.describe(
    'max(minimum, base + perKm × straight-line kilometres from pickup to dropoff), in minor units.',
  ),
  hours: OpeningHours.nullable().openapi({
    description:
      "In the merchant's time zone; `day` 1 is Monday. Hours over midnight are two entries; null is always.",
  }),
  active: z.boolean().openapi({ description: 'Whether quotes look at it.' }),
};

export const Zone = z
  .object({
    id: z.uuid(),
    ...ZoneFields,
    name: z.string(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .openapi('Zone');
export type Zone = z.infer<typeof Zone>;

export function zoneFromRow({ id, name, area, fee, hours, active, createdAt, updatedAt }: ZoneRow): Zone {
  return {
    ...{ id, name, area, fee, hours, active },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export const ownZone = (merchantId: string, id: string) =>
  and(eq(zones.merchantId, merchantId), eq(zones.id, id));
