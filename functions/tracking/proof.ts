import { and, desc, eq, gte, inArray, ne, or } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import type { OrderRow } from '../../db/order-record.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { deliveryUpdates } from '../../db/schema/orders.ts';
import { orderPins, proofs } from '../../db/schema/proofs.ts';
import { isActive } from '../../domain/order-status.ts';
import type { Deps } from '../deps.ts';
import type { TrackingView } from './view.ts';

const MOST_PHOTOS = 5;

/** What concerns the customer of an order's proof: the PIN until the end, the photos of the delivery after it. */
export async function loadProof(
  deps: Pick<Deps, 'pins' | 'proofLinks'>,
  tx: Transaction,
  order: OrderRow,
): Promise<Pick<TrackingView, 'pin' | 'photos'>> {
  const pin = order.proof?.pin && isActive(order.status) ? await findPin(tx, order) : undefined;
  const photos = order.status === 'delivered' ? await findPhotos(tx, order) : [];
  return {
    pin: (pin && deps.pins.open(pin)) ?? null,
    photos: await Promise.all(photos.map(({ id }) => deps.proofLinks.sign(order.merchantId, id))),
  };
}

async function findPin(tx: Transaction, { merchantId, id }: OrderRow): Promise<string | undefined> {
  const [row] = await tx
    .select({ sealed: orderPins.sealed })
    .from(orderPins)
    .where(and(eq(orderPins.merchantId, merchantId), eq(orderPins.orderId, id)));
  return row?.sealed;
}

/**
 * Those that the delivery named; else those that came since the driver was at the door last: from who brought it or from the
 * business, for who had the order before may upload as well.
 */
async function findPhotos(tx: Transaction, order: OrderRow): Promise<{ id: string }[]> {
  const { merchantId, id, steps } = order;
  const [line] = await tx
    .select({ details: deliveryUpdates.details })
    .from(deliveryUpdates)
    .where(
      and(
        eq(deliveryUpdates.merchantId, merchantId),
        eq(deliveryUpdates.orderId, id),
        eq(deliveryUpdates.kind, 'status'),
        eq(deliveryUpdates.statusUpdate, 'delivered'),
      ),
    )
    .orderBy(desc(deliveryUpdates.version))
    .limit(1);
  const named = line?.details?.photoIds;
  const brought = tx
    .select({ userId: drivers.userId })
    .from(drivers)
    .where(and(eq(drivers.merchantId, merchantId), eq(drivers.id, order.driverId ?? id)));
  return tx
    .select({ id: proofs.id })
    .from(proofs)
    .where(
      and(
        eq(proofs.merchantId, merchantId),
        eq(proofs.orderId, id),
        eq(proofs.kind, 'photo'),
        named === undefined
          ? and(
              gte(proofs.createdAt, new Date(steps.failed ?? 0)),
              or(ne(proofs.actorType, 'driver'), inArray(proofs.actorId, brought)),
            )
          : inArray(proofs.id, named),
      ),
    )
    .orderBy(desc(proofs.createdAt))
    .limit(MOST_PHOTOS);
}
