import { notFound } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';
import { findByToken } from '../tracking/find-order.ts';

/** The order that a customer's link leads to. Throws `not_found` for one that is unknown, revoked or over. */
export async function openLink(deps: Pick<Deps, 'db'>, token: string) {
  const link = await findByToken(deps, token);
  if (link.kind !== 'good') throw notFound('tracking link');
  return link;
}
