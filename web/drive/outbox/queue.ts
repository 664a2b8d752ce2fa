import type { Action, OutboxItem } from './item.ts';

/** What to do now: send that one, or look again at that time, or nothing. */
export type Next = { item: OutboxItem } | { at: number } | null;

/**
 * The item to send now, of all that wait (in any order). Those of one order go one after the other, as they happened; an
 * order that has to wait does not hold up the others. A shift and an order of stops speak of everything before them, so
 * they wait for all of it. Pure.
 */
export function nextItem(items: readonly OutboxItem[], now: number): Next {
  const queue = inOrder(items);
  const busyLanes = new Set<string>();
  let soonest = Infinity;
  for (const [place, item] of queue.entries()) {
    const lane = laneOf(item.action);
    const isBlocked = lane === null ? place > 0 : busyLanes.has(lane);
    if (lane !== null) busyLanes.add(lane);
    if (isBlocked) continue;
    if (item.notBefore <= now) return { item };
    soonest = Math.min(soonest, item.notBefore);
  }
  return soonest === Infinity ? null : { at: soonest };
}

/** In the order in which it happened. */
export const inOrder = (items: readonly OutboxItem[]): OutboxItem[] =>
  [...items].sort((a, b) => a.seq - b.seq);

const laneOf = (action: Action): string | null => ('orderId' in action ? action.orderId : null);

/** Those that a new action makes pointless: an older order of stops that has not left yet. */
export function supersededBy(action: Action, items: readonly OutboxItem[]): OutboxItem[] {
  if (action.kind !== 'stops') return [];
  return items.filter((item) => item.action.kind === 'stops' && !item.sending);
}

/**
 * The unsent items that taking back the order's last step removes: the step and the files that it names. Empty when it is
 * on its way already, or gone: then a step back must be sent.
 */
export function takenBack(items: readonly OutboxItem[], orderId: string): OutboxItem[] {
  const ofOrder = inOrder(items).filter(({ action }) => 'orderId' in action && action.orderId === orderId);
  const last = ofOrder.findLast(({ action }) => action.kind === 'status');
  if (last === undefined || last.sending || last.action.kind !== 'status') return [];
  const { photoIds = [], signatureId } = last.action.details.proof ?? {};
  const named = new Set([...photoIds, signatureId]);
  const files = ofOrder.filter(
    ({ id, sending, action }) => action.kind === 'proof' && named.has(id) && !sending,
  );
  return [...files, last];
}

/** The waiting steps that named a file which the server will not have, without it. The rest of the step still holds. */
export function withoutFile(items: readonly OutboxItem[], fileId: string): OutboxItem[] {
  return items.flatMap((item) => {
    const { action } = item;
    const proof = action.kind === 'status' ? action.details.proof : undefined;
    if (action.kind !== 'status' || proof === undefined) return [];
    const { photoIds = [], signatureId, ...rest } = proof;
    if (!photoIds.includes(fileId) && signatureId !== fileId) return [];
    const left = photoIds.filter((id) => id !== fileId);
    const changed = {
      ...rest,
      ...(left.length > 0 ? { photoIds: left } : {}),
      ...(signatureId === undefined || signatureId === fileId ? {} : { signatureId }),
    };
    return [{ ...item, action: { ...action, details: { ...action.details, proof: changed } } }];
  });
}
