import { and, eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../../db/client.ts';
import { derivedId } from '../../../db/derived-id.ts';
import type { OrderRow } from '../../../db/order-record.ts';
import { drivers } from '../../../db/schema/drivers.ts';
import { orderPins } from '../../../db/schema/proofs.ts';
import { ASSIGN_FROM, HAND_OVER_FROM, legalFrom, type OrderStatus } from '../../../domain/order-status.ts';
import { PIN_TRIES } from '../../../domain/proof.ts';
import { leaveProofs } from './leave-proofs.ts';
import { type Robot, takeRobot } from './take-robot.ts';

// The robot's steps are a driver's (only that it calls an order off, which no driver may), by the same SQL functions and at the version it looked at: someone who changes the order
// meanwhile wins, and what is refused is not done.

/** Gives the order to a robot. */
export async function take(tx: Transaction, { merchantId, id, version }: OrderRow): Promise<void> {
  const robot = await takeRobot(tx, merchantId);
  await tx.execute(sql`
    select assign_order(${merchantId}, ${id}, ${robot.id}, null, ${statuses(ASSIGN_FROM)},
      ${statuses(HAND_OVER_FROM)}, ${uuidv7()}, 'robot', ${robot.userId}, ${version})`);
}

/** Takes a step, with all that the order demands for it. */
export async function move(tx: Transaction, order: OrderRow, to: OrderStatus): Promise<void> {
  const robot = await findRobot(tx, order);
  if (robot === undefined) return;
  const { merchantId, id, version } = order;
  const more = to === 'delivered' ? await handOver(tx, order, robot) : WHY[to];
  await tx.execute(sql`
    select move_order(${merchantId}, ${id}, ${to}, ${statuses(legalFrom(to))}, ${statuses([])}, 0, ${uuidv7()},
      ${derivedId('robot update', id, version)}, null, null, ${more && 'reason' in more ? more.reason : null},
      ${to === 'cancelled' ? 'robot' : 'driver'}, ${robot.userId}, ${robot.id}, ${version}, ${more ? JSON.stringify(more) : null}::jsonb)`);
}

const WHY: Partial<Record<OrderStatus, { reasonCode: string; reason: string }>> = {
  failed: { reasonCode: 'customer_absent', reason: 'The sandbox was asked for it.' },
  cancelled: { reasonCode: 'customer_cancelled', reason: 'The sandbox was asked for it.' },
};

async function findRobot(tx: Transaction, { merchantId, driverId }: OrderRow): Promise<Robot | undefined> {
  if (driverId === null) return undefined;
  const [robot] = await tx
    .select({ id: drivers.id, userId: drivers.userId })
    .from(drivers)
    .where(and(eq(drivers.merchantId, merchantId), eq(drivers.id, driverId), eq(drivers.robot, true)));
  return robot;
}

/** What is shown at the door: the cash that was due, pictures, and the PIN that its customer would tell. */
async function handOver(tx: Transaction, order: OrderRow, robot: Robot) {
  const { merchantId, id, cashOnDelivery } = order;
  const details = {
    ...(cashOnDelivery !== null && { cashCollected: cashOnDelivery }),
    ...(await leaveProofs(tx, order, robot)),
  };
  const [pin] = order.proof?.pin
    ? await tx
        .select({ mac: orderPins.mac })
        .from(orderPins)
        .where(and(eq(orderPins.merchantId, merchantId), eq(orderPins.orderId, id)))
    : [];
  return { ...details, details, ...(pin && { pinMac: pin.mac, pinTries: PIN_TRIES }) };
}

const statuses = (list: readonly OrderStatus[]) => sql`${`{${list.join(',')}}`}::order_status[]`;
