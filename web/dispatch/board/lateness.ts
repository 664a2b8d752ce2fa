import { type Lateness, latenessOf } from '../../../domain/lateness.ts';
import type { OrderForManager } from '../../../domain/orders.ts';

export type LatenessState = Lateness['state'];

/** How the order stands to its promise at `now` (milliseconds since 1970, the server's clock); null without one. */
export const latenessStateOf = (order: OrderForManager, now: number): LatenessState | null =>
  latenessOf(order, now)?.state ?? null;
