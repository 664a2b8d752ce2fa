import { uuidv7 } from 'uuidv7';
import type { Fix } from '../../domain/fix.ts';
import type { DriverRecord, OrderRecord } from '../../domain/orders.ts';
import type { RoomEvent } from '../../domain/room-events.ts';
import type { FakeFunctions, TokenOptions } from './fake-functions.ts';
import { type ConnectOptions, RoomClient } from './room-client.ts';
import type { Rooms } from './runtimes.ts';

const SHOP = { lat: -34.906, lng: -56.19 };
const HOME = { lat: -34.91, lng: -56.16 };

type Joining = TokenOptions & ConnectOptions & { token?: string; readOnly?: true };

/** A merchant of its own for a test: a fleet in the fake functions, and the people who connect. */
export class Merchant {
  readonly id = uuidv7();
  readonly functions: FakeFunctions;
  readonly rooms: Rooms;
  #clients: RoomClient[] = [];

  constructor(functions: FakeFunctions, rooms: Rooms) {
    this.functions = functions;
    this.rooms = rooms;
    const merchant = { id: this.id, name: 'Shop' };
    functions.fleets.set(this.id, { merchant, drivers: [], orders: [], chats: [] });
  }

  /** A driver whom functions knows. */
  driver(fields: Partial<DriverRecord> = {}): DriverRecord {
    const driver: DriverRecord = {
      id: uuidv7(),
      name: 'Ana Pérez',
      vehicleType: 'bicycle',
      status: 'available',
      version: 1,
      location: null,
      ...fields,
    };
    this.functions.fleets.get(this.id)?.drivers.push(driver);
    return driver;
  }

  /** An order that functions knows. */
  order(fields: Partial<OrderRecord> = {}): OrderRecord {
    const order = this.unknownOrder(fields);
    this.functions.fleets.get(this.id)?.orders.push(order);
    return order;
  }

  unknownOrder(fields: Partial<OrderRecord> = {}): OrderRecord {
    const now = new Date().toISOString();
    const id = uuidv7();
    return {
      id,
      merchantId: this.id,
      number: 7,
      externalId: null,
      status: 'created',
      version: 1,
      driverId: null,
      customerId: null,
      pickup: { address: 'Shop', location: SHOP },
      dropoff: { address: 'Home', location: HOME, contact: { name: 'Carla', phone: '+59899000000' } },
      needsPlacing: false,
      items: [{ name: 'Pizza', quantity: 2 }],
      total: 1000,
      readyAt: null,
      notes: 'for the driver',
      tip: null,
      cashOnDelivery: null,
      currency: 'UYU',
      proof: null,
      stopSequence: null,
      eta: { pickup: null, dropoff: null },
      reason: null,
      steps: { created: now },
      statusAt: now,
      pickupTime: null,
      deliveryTime: null,
      trackingUrl: `http://localhost/t/${id}`,
      createdAt: now,
      updatedAt: now,
      cashCollected: null,
      fee: null,
      quoteId: null,
      promisedAt: null,
      distance: null,
      attempts: 0,
      reasonCode: null,
      sandbox: false,
      ...fields,
    };
  }

  async post(event: RoomEvent): Promise<unknown> {
    return (await this.functions.post(this.rooms.origin, this.id, event)).json();
  }

  async manager(options: Joining = {}): Promise<RoomClient> {
    return this.#join('fleet-room', this.id, { audience: 'manager' }, options);
  }

  async drive(driver: DriverRecord, options: Joining = {}): Promise<RoomClient> {
    return this.#join('fleet-room', this.id, { audience: 'driver', driver: driver.id }, options);
  }

  async customer(order: OrderRecord, options: Joining = {}): Promise<RoomClient> {
    return this.#join('delivery-room', order.id, { audience: 'customer' }, options);
  }

  async managerOf(order: OrderRecord, options: Joining = {}): Promise<RoomClient> {
    return this.#join('delivery-room', order.id, { audience: 'manager' }, options);
  }

  async driverOf(order: OrderRecord, driver: DriverRecord, options: Joining = {}): Promise<RoomClient> {
    return this.#join('delivery-room', order.id, { audience: 'driver', driver: driver.id }, options);
  }

  leave(): void {
    for (const client of this.#clients) client.socket.terminate();
  }

  async #join(
    party: 'fleet-room' | 'delivery-room',
    room: string,
    who: { audience: 'manager' | 'driver' | 'customer'; driver?: string },
    options: Joining,
  ): Promise<RoomClient> {
    const { readOnly } = options;
    const claims = { merchant: this.id, party, room, ...who, ...(readOnly ? { readOnly } : {}) };
    const token = options.token ?? (await this.functions.roomToken(claims, options));
    const client = new RoomClient(this.rooms.origin, party, room, token, options);
    this.#clients.push(client);
    return client;
  }
}

/** Around the shop, `secondsAgo` by the phone's clock; ten metres a second, which a bicycle can just about do. */
export function fixAt(secondsAgo: number, fields: Partial<Fix> = {}): Fix {
  return {
    lat: SHOP.lat - secondsAgo * 0.00005,
    lng: SHOP.lng,
    fixedAt: new Date(Date.now() - secondsAgo * 1000).toISOString(),
    accuracy: 5,
    ...fields,
  };
}
