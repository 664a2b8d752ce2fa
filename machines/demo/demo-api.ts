import { z } from 'zod';
import { Location } from '../../domain/geo.ts';
import { ACTIVE_STATUSES, STATUSES } from '../../domain/order-status.ts';
import { DRIVER_STATES, VEHICLE_TYPES } from '../../domain/orders.ts';
import { createSession, type Session, send, Tokens } from './api-client.ts';
import type { InventedOrder } from './scenario.ts';
import type { SeenOrder } from './simulation.ts';

// What the demo needs of the public API's answers; anything more in them is left alone.
const Stop = z.object({ location: Location.nullish() });
const Order = z
  .object({
    id: z.string(),
    externalId: z.string().nullish(),
    status: z.enum(STATUSES),
    version: z.int(),
    driverId: z.string().nullish(),
    stopSequence: z.number().nullish(),
    statusAt: z.string().nullish(),
    updatedAt: z.string(),
    pickup: Stop.nullish(),
    dropoff: Stop,
  })
  .transform(
    (order): SeenOrder => ({
      id: order.id,
      externalId: order.externalId ?? null,
      status: order.status,
      version: order.version,
      driverId: order.driverId ?? null,
      stopSequence: order.stopSequence ?? null,
      statusAt: order.statusAt ?? order.updatedAt,
      pickup: order.pickup?.location ?? null,
      dropoff: order.dropoff.location ?? null,
    }),
  );
const Driver = z.object({
  id: z.string(),
  name: z.string(),
  vehicleType: z.enum(VEHICLE_TYPES),
  status: z.enum(DRIVER_STATES),
  location: Location.loose().nullish(),
});
const Invitation = z.object({ inviteUrl: z.string() });
const Room = z.object({
  host: z.string(),
  protocol: z.enum(['ws', 'wss']),
  party: z.string(),
  room: z.string(),
  token: z.string(),
});

export type ListedDriver = z.infer<typeof Driver>;
export type RoomAddress = z.infer<typeof Room>;

const MOST_PAGES = 5;

/** Signs in as a manager whenever that is needed. */
export function managerSession(apiUrl: string, email: string, password: string): Session {
  return createSession(apiUrl, async () =>
    Tokens.parse(await send(apiUrl, { method: 'POST', path: '/v1/auth/login', body: { email, password } })),
  );
}

/** A driver's session. It accepts `inviteUrl` when given, and an invitation of its own whenever it must sign in again. */
export function driverSession(
  apiUrl: string,
  manager: Session,
  driverId: string,
  inviteUrl?: string,
): Session {
  let invitation = inviteUrl;
  return createSession(apiUrl, async () => {
    const url = invitation ?? (await invite(manager, driverId));
    invitation = undefined;
    const token = url.slice(url.lastIndexOf('/') + 1);
    return Tokens.parse(await send(apiUrl, { method: 'POST', path: '/v1/auth/invite', body: { token } }));
  });
}

async function invite(manager: Session, driverId: string): Promise<string> {
  const answer = await manager({ method: 'POST', path: `/v1/drivers/${driverId}/invite`, body: {} });
  return Invitation.parse(answer).inviteUrl;
}

export async function listDrivers(manager: Session): Promise<ListedDriver[]> {
  return list(manager, '/v1/drivers?limit=100', Driver);
}

export async function createDriver(manager: Session, driver: Pick<ListedDriver, 'name' | 'vehicleType'>) {
  const answer = await manager({ method: 'POST', path: '/v1/drivers', body: driver });
  return z.object({ id: z.string(), inviteUrl: z.string() }).parse(answer);
}

export async function startShift(driver: Session): Promise<void> {
  await driver({ method: 'PUT', path: '/v1/drivers/me/shift', body: { status: 'available' } });
}

export async function enterFleetRoom(driver: Session): Promise<RoomAddress> {
  return Room.parse(await driver({ method: 'GET', path: '/v1/fleet/room' }));
}

/** All active orders. */
export async function listOrders(manager: Session): Promise<SeenOrder[]> {
  return list(manager, `/v1/orders?status=${ACTIVE_STATUSES.join(',')}&limit=100`, Order);
}

export async function createOrder(manager: Session, order: InventedOrder): Promise<SeenOrder> {
  const headers = { 'Idempotency-Key': order.externalId };
  return Order.parse(await manager({ method: 'POST', path: '/v1/orders', body: order, headers }));
}

export async function assign(manager: Session, orderId: string, driverId: string): Promise<SeenOrder> {
  const answer = await manager({ method: 'POST', path: `/v1/orders/${orderId}/assign`, body: { driverId } });
  return Order.parse(answer);
}

export async function changeStatus(driver: Session, orderId: string, change: Record<string, unknown>) {
  const answer = await driver({ method: 'POST', path: `/v1/orders/${orderId}/status`, body: change });
  return Order.parse(answer);
}

async function list<T extends z.ZodType>(session: Session, path: string, item: T): Promise<z.infer<T>[]> {
  const Page = z.object({ data: z.array(item), nextCursor: z.string().nullish() });
  const rows: z.infer<T>[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < MOST_PAGES && cursor !== null; page++) {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { data, nextCursor } = Page.parse(await session({ method: 'GET', path: path + more }));
    rows.push(...data);
    cursor = nextCursor ?? null;
  }
  return rows;
}
