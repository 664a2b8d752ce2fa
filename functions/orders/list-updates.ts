import { createRoute, z } from '@hono/zod-openapi';
import { and, asc, eq, gt } from 'drizzle-orm';
import { deliveryUpdates } from '../../db/schema/orders.ts';
import { Location } from '../../domain/geo.ts';
import { Instant, Money, ReasonCode, Status } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import type { StepDetails } from '../../domain/proof.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { pageOf } from '../paging.ts';
import { getOrder } from './get.ts';

export const Update = z
  .object({
    id: z.uuid(),
    version: z.int(),
    kind: z.enum(deliveryUpdates.kind.enumValues),
    status: Status,
    driverId: z.uuid().nullable(),
    occurredAt: Instant,
    receivedAt: Instant,
    updateId: z.uuid().nullable(),
    actor: z.object({ type: z.string(), id: z.uuid().nullable() }),
    reason: z.string().nullable(),
    reasonCode: ReasonCode.nullable(),
    location: Location.nullable(),
    cashCollected: Money.nullable(),
    proof: z
      .object({
        photoIds: z.array(z.uuid()),
        signatureId: z.uuid().nullable(),
        signedBy: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'What the step named as its proof' }),
  })
  .openapi('Update');

/** A log is short but for an order that is edited without end; the cursor is the version to go on after. */
export const UpdatesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(200),
  cursor: z.coerce.number().int().min(0).optional(),
});

export const listUpdatesRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/updates',
  summary: "An order's log, oldest first",
  tags: ['Orders'],
  ...secured('orders:read'),
  request: { params: IdParam, query: UpdatesQuery },
  responses: {
    200: answer(pageOf(Update), 'A page of the versions of the order'),
    ...securedProblems('not_found'),
  },
});

/** Who may read the order. Throws `not_found`. */
export async function listUpdates(
  deps: Deps,
  actor: Actor,
  orderId: string,
  { limit, cursor = 0 }: z.infer<typeof UpdatesQuery>,
) {
  await getOrder(deps, actor, orderId);
  const own = and(
    eq(deliveryUpdates.merchantId, actor.merchantId),
    eq(deliveryUpdates.orderId, orderId),
    gt(deliveryUpdates.version, cursor),
  );
  const rows = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(deliveryUpdates)
      .where(own)
      .orderBy(asc(deliveryUpdates.version))
      .limit(limit + 1),
  );
  const page = rows.slice(0, limit);
  const data = page.map(
    ({ statusUpdate, timestamp, actorType, actorId, details, merchantId: _, orderId: __, ...row }) => ({
      ...row,
      cashCollected: details?.cashCollected ?? null,
      proof: proofOf(details),
      status: statusUpdate,
      occurredAt: timestamp.toISOString(),
      receivedAt: row.receivedAt.toISOString(),
      actor: { type: actorType, id: actorId },
    }),
  );
  return { data, nextCursor: rows.length > limit ? String(page.at(-1)?.version) : null };
}

function proofOf(details: StepDetails | null) {
  const { photoIds = [], signatureId = null, signedBy = null } = details ?? {};
  const named = photoIds.length > 0 || signatureId !== null || signedBy !== null;
  return named ? { photoIds, signatureId, signedBy } : null;
}
