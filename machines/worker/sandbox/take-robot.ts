import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { derivedId } from '../../../db/derived-id.ts';
import { users } from '../../../db/schema/accounts.ts';
import { drivers } from '../../../db/schema/drivers.ts';

export type Robot = { id: string; userId: string };

/** Of one merchant. With more orders at a time a robot has several, and its place jumps between them. */
const MOST_ROBOTS = 20;

/**
 * A robot of the merchant that nobody else takes until the transaction ends: one without work, else a new one, else one
 * that has the least. It is a driver like the others, but for its mark.
 */
export async function takeRobot(tx: Transaction, merchantId: string): Promise<Robot> {
  const [found] = await tx.execute<{ id: string; userId: string; work: number }>(sql`
    select d.id, d.user_id as "userId", (
      select count(*)::int from orders o where o.merchant_id = d.merchant_id and o.driver_id = d.id
        and o.status in ('assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up', 'enroute_to_dropoff',
          'arrived_at_dropoff', 'enroute_to_return')) as work
    from drivers d where d.merchant_id = ${merchantId} and d.robot
    order by work, d.id limit 1 for update of d skip locked`);
  if (found !== undefined && found.work === 0) return found;
  const count = await tx.$count(drivers, and(eq(drivers.merchantId, merchantId), eq(drivers.robot, true)));
  if (count < MOST_ROBOTS) return addRobot(tx, merchantId, count);
  if (found === undefined) throw new Error('every robot is being given an order');
  return found;
}

/** Two who add the same one at once: one fails, and tries again. */
async function addRobot(tx: Transaction, merchantId: string, number: number): Promise<Robot> {
  const robot = {
    id: derivedId('robot', merchantId, number),
    userId: derivedId('robot user', merchantId, number),
  };
  await tx.insert(users).values({ merchantId, id: robot.userId, name: NAME, role: 'driver' });
  await tx.insert(drivers).values({
    ...{ merchantId, ...robot, name: NAME, robot: true },
    ...{ vehicleType: 'bicycle', status: 'available' },
  });
  await tx.execute(sql`
    insert into outbox (topic, merchant_id, entity_id, version, payload)
    select 'driver', d.merchant_id, d.id, d.version, to_jsonb(d) from drivers d
    where d.merchant_id = ${merchantId} and d.id = ${robot.id}`);
  return robot;
}

const NAME = 'Robot';
