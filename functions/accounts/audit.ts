import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { auditLog } from '../../db/schema/accounts.ts';
import { type Actor, actorId } from '../../domain/policy.ts';

export type AuditEntry = {
  /** What happened, as `user.invited`. */
  action: `${string}.${string}`;
  entityType: 'user' | 'api_key' | 'merchant' | 'zone' | 'webhook';
  entityId: string;
  /** Shown to managers; no personal data and no secret. */
  details?: Record<string, unknown>;
};

/** Written in the transaction of the fact. */
export async function audit(tx: Transaction, actor: Actor, entry: AuditEntry): Promise<void> {
  await tx.insert(auditLog).values({
    merchantId: actor.merchantId,
    id: uuidv7(),
    actorType: actor.type,
    actorId: actorId(actor),
    ...entry,
  });
}
