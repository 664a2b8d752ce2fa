import { createRoute, z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import { and, desc, eq, gte, lt, lte } from 'drizzle-orm';
import { apiKeys, auditLog, users } from '../../db/schema/accounts.ts';
import { Instant } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';

export const AuditRecord = z
  .object({
    id: z.uuid(),
    at: Instant,
    actor: z.object({
      type: z.string(),
      id: z.uuid().nullable(),
      name: z.string().nullable().openapi({ description: 'Of the user or the API key, as it is now.' }),
    }),
    action: z.string().openapi({ example: 'order.undone' }),
    entity: z.object({ type: z.string(), id: z.uuid().nullable() }),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi('AuditRecord');
export type AuditRecord = z.infer<typeof AuditRecord>;

const ListAuditQuery = PageQuery.extend({
  action: z.string().max(100).optional(),
  actorId: z.uuid().optional(),
  entityId: z.uuid().optional(),
  from: Instant.optional(),
  to: Instant.optional(),
});

export const listAuditRoute = createRoute({
  method: 'get',
  path: '/v1/audit',
  summary: 'Who changed what, newest first',
  tags: ['Accounts'],
  ...secured('audit:read'),
  request: { query: ListAuditQuery },
  responses: { 200: answer(pageOf(AuditRecord), 'A page of the audit log'), ...securedProblems() },
});

/** Managers. What drivers report of an order is in the order's own log; here is what must be answered for. */
export async function listAudit(deps: Deps, { merchantId }: Actor, query: z.infer<typeof ListAuditQuery>) {
  const { action, actorId, entityId, from, to, limit } = query;
  const after = afterId(query.cursor);
  const found = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select({ id: auditLog.id, entry: auditLog, user: users.name, key: apiKeys.name })
      .from(auditLog)
      .leftJoin(users, and(eq(users.merchantId, auditLog.merchantId), eq(users.id, auditLog.actorId)))
      .leftJoin(apiKeys, and(eq(apiKeys.merchantId, auditLog.merchantId), eq(apiKeys.id, auditLog.actorId)))
      .where(
        and(
          eq(auditLog.merchantId, merchantId),
          action === undefined ? undefined : eq(auditLog.action, action),
          actorId === undefined ? undefined : eq(auditLog.actorId, actorId),
          entityId === undefined ? undefined : eq(auditLog.entityId, entityId),
          from === undefined ? undefined : gte(auditLog.createdAt, new Date(from)),
          to === undefined ? undefined : lte(auditLog.createdAt, new Date(to)),
          after === undefined ? undefined : lt(auditLog.id, after),
        ),
      )
      .orderBy(desc(auditLog.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(({ entry, user, key }) => auditRecord(entry, user ?? key)), nextCursor };
}

function auditRecord(entry: InferSelectModel<typeof auditLog>, name: string | null): AuditRecord {
  const { id, actorType, actorId, action, entityType, entityId, details, createdAt } = entry;
  return {
    id,
    at: createdAt.toISOString(),
    actor: { type: actorType, id: actorId, name },
    action,
    entity: { type: entityType, id: entityId },
    details,
  };
}
