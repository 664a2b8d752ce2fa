import type { OrderForDriver } from '../../domain/orders.ts';

export type Earnings = { deliveries: number; tips: number; cash: number };

/** What the deliveries of the day of `now` brought, by that zone's calendar. Money in minor units. */
export function earningsOfDay(orders: readonly OrderForDriver[], now: number, timeZone: string): Earnings {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone });
  const today = day.format(now);
  const earned = orders.filter(
    ({ status, deliveryTime }) =>
      status === 'delivered' && deliveryTime !== null && day.format(Date.parse(deliveryTime)) === today,
  );
  return {
    deliveries: earned.length,
    tips: sum(earned.map(({ tip }) => tip ?? 0)),
    cash: sum(earned.map(({ cashCollected, cashOnDelivery }) => cashCollected ?? cashOnDelivery ?? 0)),
  };
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
