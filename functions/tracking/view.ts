import { z } from '@hono/zod-openapi';
import { Location } from '../../domain/geo.ts';
import { DriverForCustomer, Instant, OrderForCustomer } from '../../domain/orders.ts';

/** What the holder of a tracking link sees. `driver` and `location` are null while they do not concern them. */
export const TrackingView = z
  .object({
    merchant: z.object({
      name: z.string(),
      timezone: z.string(),
      phone: z.string().nullable(),
      logoUrl: z.string().nullable(),
      color: z.string().nullable(),
    }),
    order: OrderForCustomer,
    driver: DriverForCustomer.nullable(),
    location: z
      .object({
        ...Location.shape,
        heading: z.number().nullable(),
        speed: z.number().nullable(),
        fixedAt: Instant,
      })
      .nullable(),
    pin: z.string().nullable().openapi({
      description: 'To be told to the driver at the door; until the end of an order that demands one.',
    }),
    photos: z
      .array(z.object({ url: z.url(), expiresAt: Instant }))
      .openapi({ description: 'Of the delivery, once it is done. Links are good for five minutes.' }),
  })
  .openapi('Tracking');
export type TrackingView = z.infer<typeof TrackingView>;
