import type { Location } from '../../../domain/geo.ts';
import { isActive, isCarried } from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';
import type { MapDriver, MapOrder } from '../../map/fleet-scene.ts';
import type { Dispatch } from '../dispatch.ts';
import { STALE_MS } from './driver-list.tsx';
import { latenessStateOf } from './lateness.ts';

/** The drivers on shift, where they were seen last. Who is off shift is not worked with; where they are is nobody's business. */
export function driversOnMap({ drivers, locations, now }: Dispatch): MapDriver[] {
  return [...locations.value.values()].flatMap(({ driverId, lat, lng, heading, fixedAt }) => {
    const driver = drivers.value.get(driverId);
    if (driver === undefined || driver.status === 'offline') return [];
    const at = Date.parse(fixedAt);
    return {
      ...{ id: driverId, name: driver.name, isStale: now.value - at > STALE_MS },
      at: { lat, lng, heading, fixedAt: at },
    };
  });
}

/** Of the open orders those that the list shows, and the one whose panel is open. */
export function ordersOnMap(dispatch: Dispatch): MapOrder[] {
  const { orders, rows, place } = dispatch;
  const { orderId } = place.value;
  const { unassigned, underway } = rows.value;
  const shown = new Set([...unassigned, ...underway]);
  if (orderId !== null) shown.add(orderId);
  return [...shown].flatMap((id) => {
    const order = orders.value.get(id);
    return order === undefined ? [] : mapOrder(dispatch, order, id === orderId);
  });
}

function mapOrder({ now, words }: Dispatch, order: OrderForManager, isSelected: boolean): MapOrder {
  const { id, number, status, pickup, dropoff } = order;
  const lateness = latenessStateOf(order, now.value);
  // That nobody has it is told by a dashed line; that it is late matters more.
  const calm = status === 'created' ? 'unassigned' : 'on_time';
  return {
    ...{ id, label: words.order.name(number), isSelected },
    // Once it has left the shop, the shop is only clutter on the way.
    pickup: isCarried(status) && !isSelected ? null : (pickup.location ?? null),
    dropoff: dropoff.location ?? null,
    carrier: isCarried(status) ? order.driverId : null,
    tone: lateness === 'late' || lateness === 'at_risk' ? lateness : calm,
  };
}

/** Everything that is worth being in view. */
export function pointsOf({ fleet, merchant }: Dispatch): Location[] {
  const { orders, locations, drivers } = fleet.peek();
  const open = [...orders.values()].filter(({ status }) => isActive(status));
  const working = [...locations.values()].filter(
    ({ driverId }) => drivers.get(driverId)?.status === 'available',
  );
  const points = [
    ...open.flatMap(({ pickup, dropoff }) => [pickup.location, dropoff.location]),
    ...working.map(({ lat, lng }) => ({ lat, lng })),
    merchant.peek()?.pickup?.location,
  ];
  return points.filter((at) => at !== undefined);
}
