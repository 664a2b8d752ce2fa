import { ASSIGN_FROM, HAND_OVER_FROM } from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';

/** Whether the order can get a driver, or another one. */
export const isGivable = ({ status }: OrderForManager): boolean =>
  ASSIGN_FROM.includes(status) || HAND_OVER_FROM.includes(status);
