import { createRoute } from '@hono/zod-openapi';
import { shifts } from '../../db/schema/drivers.ts';
import { notFound } from '../../domain/errors.ts';
import { type Actor, driverScope } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { byId, Shift, shiftFromRow, sumCash } from './shift.ts';

export const getShiftRoute = createRoute({
  method: 'get',
  path: '/v1/shifts/{id}',
  summary: 'A shift; while it is open, with the cash so far',
  tags: ['Drivers'],
  ...secured('shifts:read'),
  request: { params: IdParam },
  responses: { 200: answer(Shift, 'The shift'), ...securedProblems('not_found') },
});

/** Managers, API keys, and the driver whose it is. Throws `not_found`. */
export async function getShift(deps: Deps, actor: Actor, id: string): Promise<Shift> {
  const own = driverScope(actor);
  return deps.db.withMerchant(actor.merchantId, async (tx) => {
    const [row] = await tx.select().from(shifts).where(byId(actor.merchantId, id));
    if (row === undefined || (own !== null && row.driverId !== own)) throw notFound('shift');
    const shift = shiftFromRow(row);
    return row.endedAt === null ? { ...shift, cashExpected: await sumCash(tx, row) } : shift;
  });
}
