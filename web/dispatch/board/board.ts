import { latenessOf } from '../../../domain/lateness.ts';
import { isActive } from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';
import type { FleetState } from '../live/fleet-state.ts';
import { type Filters, matchesFilters } from './filters.ts';

export const SECTIONS = ['unassigned', 'underway', 'ended'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** The ids of the rows in each section, in the order in which they are drawn. */
export type Rows = Readonly<Record<SectionName, readonly string[]>>;
export const NO_ROWS: Rows = { unassigned: [], underway: [], ended: [] };

export const sectionOf = ({ status }: OrderForManager): SectionName =>
  status === 'created' ? 'unassigned' : isActive(status) ? 'underway' : 'ended';

export type BoardQuestion = Pick<FleetState, 'orders' | 'drivers'> & { filters: Filters; now: number };

/**
 * The rows as they should be at `now`: unassigned ones by when they are due, those under way the latest first, and those
 * that ended with the last one first.
 */
export function boardRows({ orders, drivers, filters, now }: BoardQuestion): Rows {
  const shown = [...orders.values()].filter((order) =>
    matchesFilters(order, filters, drivers.get(order.driverId ?? ''), now),
  );
  const of = (section: SectionName): OrderForManager[] =>
    shown.filter((order) => sectionOf(order) === section);
  return {
    unassigned: idsOf(of('unassigned').sort((a, b) => dueAt(a) - dueAt(b) || a.number - b.number)),
    underway: idsOf(of('underway').sort((a, b) => urgency(b, now) - urgency(a, now) || a.number - b.number)),
    ended: idsOf(of('ended').sort((a, b) => Date.parse(b.statusAt) - Date.parse(a.statusAt))),
  };
}

const idsOf = (orders: readonly OrderForManager[]): string[] => orders.map(({ id }) => id);

/** Without a promise, what waits longest comes first. */
const dueAt = ({ promisedAt, readyAt, createdAt }: OrderForManager): number =>
  Date.parse(promisedAt ?? readyAt ?? createdAt);

/** What failed needs somebody before anything that is merely late; then by how late it will be, in seconds. */
function urgency(order: OrderForManager, now: number): number {
  if (order.status === 'failed') return Number.MAX_SAFE_INTEGER;
  return latenessOf(order, now)?.seconds ?? -1_000_000;
}

/** `waiting` rows are new and not drawn yet. */
export type HeldRows = { rows: Rows; waiting: number };

/**
 * What is drawn while a pointer rests on the list: the rows stay where they are (with what is known of them now), also
 * those that belong elsewhere meanwhile, and new ones wait. Only what is not known any more goes.
 */
export function holdRows(drawn: Rows, next: Rows, orders: ReadonlyMap<string, unknown>): HeldRows {
  const known = new Set(SECTIONS.flatMap((section) => drawn[section]));
  const arrived = SECTIONS.flatMap((section) => next[section]).filter((id) => !known.has(id));
  const keep = (section: SectionName): string[] => drawn[section].filter((id) => orders.has(id));
  const rows = { unassigned: keep('unassigned'), underway: keep('underway'), ended: keep('ended') };
  return { rows, waiting: arrived.length };
}

export type Counts = { unassigned: number; underway: number; late: number };

/** Of the whole fleet, whatever is filtered. */
export function countOrders(orders: ReadonlyMap<string, OrderForManager>, now: number): Counts {
  const counts = { unassigned: 0, underway: 0, late: 0 };
  for (const order of orders.values()) {
    if (!isActive(order.status)) continue;
    if (order.status === 'created') counts.unassigned++;
    else counts.underway++;
    if (latenessOf(order, now)?.state === 'late') counts.late++;
  }
  return counts;
}

/** By driver, how many open orders each has. */
export function countStops(orders: ReadonlyMap<string, OrderForManager>): ReadonlyMap<string, number> {
  const stops = new Map<string, number>();
  for (const { driverId, status } of orders.values()) {
    if (driverId !== null && isActive(status)) stops.set(driverId, (stops.get(driverId) ?? 0) + 1);
  }
  return stops;
}
