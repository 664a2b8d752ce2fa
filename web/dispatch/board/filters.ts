import { isActive } from '../../../domain/order-status.ts';
import type { DriverRecord, OrderForManager } from '../../../domain/orders.ts';
import { type LatenessState, latenessStateOf } from './lateness.ts';

export const SHOWN = ['all', 'unassigned', 'underway', 'late', 'ended'] as const;
export type Shown = (typeof SHOWN)[number];

/** What the board and the map are limited to. `driverId` is null for everybody's. */
export type Filters = { text: string; show: Shown; driverId: string | null };
export const NO_FILTERS: Filters = { text: '', show: 'all', driverId: null };

export const isFiltered = ({ text, show, driverId }: Filters): boolean =>
  text.trim() !== '' || show !== 'all' || driverId !== null;

/** Whether each word of the text is somewhere in the order: number, name, address, phone, the shop's own id, driver. */
export function matchesText(order: OrderForManager, text: string, driver: DriverRecord | undefined): boolean {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { pickup, dropoff, externalId, number, notes } = order;
  const contact = dropoff.contact;
  const said = [
    `#${number}`,
    externalId,
    contact?.name,
    contact?.email,
    dropoff.address,
    pickup.address,
    notes,
  ]
    .concat(driver?.name)
    .filter(Boolean)
    .join('\n');
  const known = plain(said);
  const phones = [contact?.phone, pickup.contact?.phone].map((phone) => phone?.replace(/\D/g, '')).join(' ');
  return words.every(
    (word) => known.includes(word) || (/^\+?\d{3,}$/.test(word) && phones.includes(word.replace('+', ''))),
  );
}

export function matchesFilters(
  order: OrderForManager,
  filters: Filters,
  driver: DriverRecord | undefined,
  now: number,
): boolean {
  if (filters.driverId !== null && order.driverId !== filters.driverId) return false;
  return (
    isShown(order, filters.show, latenessStateOf(order, now)) && matchesText(order, filters.text, driver)
  );
}

function isShown(order: OrderForManager, show: Shown, lateness: LatenessState | null): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'unassigned':
      return order.status === 'created';
    case 'underway':
      return order.status !== 'created' && isActive(order.status);
    case 'late':
      return isActive(order.status) && lateness === 'late';
    case 'ended':
      return !isActive(order.status);
  }
}

/** Without accents and capitals: who searches for `pena` means Peña. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
