import { createRoute, type z } from '@hono/zod-openapi';
import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { users } from '../../db/schema/accounts.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { Colleague, colleagueAnswer } from './colleague.ts';

export const listUsersRoute = createRoute({
  method: 'get',
  path: '/v1/users',
  summary: 'List the managers of the business',
  tags: ['Accounts'],
  ...secured('users:read'),
  request: { query: PageQuery },
  responses: { 200: answer(pageOf(Colleague), 'A page of colleagues'), ...securedProblems() },
});

/** Managers. Drivers are listed by the drivers service; who was removed is not listed. */
export async function listUsers(deps: Deps, actor: Actor, { limit, cursor }: z.infer<typeof PageQuery>) {
  const after = afterId(cursor);
  const found = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(users)
      .where(
        and(
          eq(users.merchantId, actor.merchantId),
          eq(users.role, 'manager'),
          isNull(users.disabledAt),
          after ? gt(users.id, after) : undefined,
        ),
      )
      .orderBy(asc(users.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(colleagueAnswer), nextCursor };
}
