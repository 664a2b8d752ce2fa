import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import type { users } from '../../db/schema/accounts.ts';
import { Instant } from '../../domain/orders.ts';

/** A manager of the business, as the others see them. */
export const Colleague = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string().nullable(),
    role: z.literal('manager'),
    status: z.enum(['invited', 'active']),
    createdAt: Instant,
  })
  .openapi('Colleague');
export type Colleague = z.infer<typeof Colleague>;

type Row = Pick<InferSelectModel<typeof users>, 'id' | 'name' | 'email' | 'passwordHash' | 'createdAt'>;

/** Of a manager's row. Who has no password has not accepted the invitation yet. */
export function colleagueAnswer({ id, name, email, passwordHash, createdAt }: Row): Colleague {
  const status = passwordHash === null ? 'invited' : 'active';
  return { id, name, email, role: 'manager', status, createdAt: createdAt.toISOString() };
}
