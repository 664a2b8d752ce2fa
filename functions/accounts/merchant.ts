import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import type { merchants } from '../../db/schema/accounts.ts';
import { Instant, Stop } from '../../domain/orders.ts';

/** A business, as its own people see it. */
export const Merchant = z
  .object({
    id: z.uuid(),
    name: z.string(),
    timezone: z.string(),
    currency: z.string(),
    language: z.string(),
    phone: z.string().nullable(),
    country: z
      .string()
      .nullable()
      .openapi({ description: 'How phone numbers without a country code are read.' }),
    preparationMinutes: z
      .int()
      .openapi({ description: 'From creation to being ready, of orders that do not say.' }),
    logoUrl: z.string().nullable(),
    color: z.string().nullable(),
    pickup: Stop.nullable().openapi({ description: 'Where orders start that name no pickup.' }),
    createdAt: Instant,
  })
  .openapi('Merchant');
export type Merchant = z.infer<typeof Merchant>;

export function merchantAnswer(row: InferSelectModel<typeof merchants>): Merchant {
  const { id, name, timezone, currency, language, phone, country, preparationMinutes } = row;
  const { logoUrl, color, pickup, createdAt } = row;
  return {
    ...{ id, name, timezone, currency, language, phone, country, preparationMinutes },
    ...{ logoUrl, color, pickup },
    createdAt: createdAt.toISOString(),
  };
}
