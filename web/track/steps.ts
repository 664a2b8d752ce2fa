import { type OrderStatus, STATUSES } from '../../domain/order-status.ts';
import type { OrderForCustomer } from '../../domain/orders.ts';

export type ShownStep = { status: OrderStatus; at: string | null; state: 'done' | 'current' | 'later' };

/**
 * The steps with what has become of each. A time alone does not make a step done: an order taken back (unassigned, a
 * mis-tap undone) keeps the times of the steps it will take again, and a skipped step has none.
 */
export function shownSteps({ status, steps }: Pick<OrderForCustomer, 'status' | 'steps'>): ShownStep[] {
  const reached = steps.filter((step) => rank(step.status) <= rank(status)).length;
  return steps.map((step, index) => {
    if (index >= reached) return { status: step.status, at: null, state: 'later' };
    return { ...step, state: index === reached - 1 ? 'current' : 'done' };
  });
}

const rank = (status: OrderStatus): number => STATUSES.indexOf(status);

const ENDED: readonly OrderStatus[] = ['delivered', 'cancelled', 'returned'];

/** Nothing moves any more, so there is nothing to follow on a map. A failed order may have another attempt. */
export const isOver = (status: OrderStatus): boolean => ENDED.includes(status);

const EXPLAINED: readonly OrderStatus[] = ['cancelled', 'failed', 'enroute_to_return', 'returned'];

/** The order did not arrive, and the customer is told why. */
export const isExplained = (status: OrderStatus): boolean => EXPLAINED.includes(status);
