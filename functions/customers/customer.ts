import { z } from '@hono/zod-openapi';
import { and, eq, type InferSelectModel } from 'drizzle-orm';
import { customers } from '../../db/schema/orders.ts';
import { AppError } from '../../domain/errors.ts';
import { Location } from '../../domain/geo.ts';
import { Instant } from '../../domain/orders.ts';
import { isDuplicate } from '../problem.ts';

export const Customer = z
  .object({
    id: z.uuid(),
    name: z.string(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    address: z.string().nullable(),
    location: Location.nullable(),
    erasedAt: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .openapi('Customer');
export type Customer = z.infer<typeof Customer>;

export function customerFromRow(row: InferSelectModel<typeof customers>): Customer {
  const { id, name, phone, email, address, location, erasedAt, createdAt, updatedAt } = row;
  return {
    ...{ id, name, phone, email, address, location },
    erasedAt: erasedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export const ownCustomer = (merchantId: string, id: string) =>
  and(eq(customers.merchantId, merchantId), eq(customers.id, id));

/** For `catch`: a customer is known again by the phone or, without one, by the email, so each is one customer's. */
export function refuseDuplicate(error: unknown): never {
  const path = isDuplicate(error, 'customers_phone')
    ? 'phone'
    : isDuplicate(error, 'customers_email')
      ? 'email'
      : undefined;
  if (path === undefined) throw error;
  throw new AppError('conflict', `There is a customer with this ${path} already.`, {
    errors: [{ path, message: 'belongs to another customer' }],
  });
}
