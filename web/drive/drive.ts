import { computed, signal } from '@preact/signals';
import { ACTIVE_STATUSES } from '../../domain/order-status.ts';
import type { DriverRecord, Eta, OrderForDriver } from '../../domain/orders.ts';
import type { Message } from '../../domain/room-messages.ts';
import type { ApiClient } from '../session/api.ts';
import type { Session, SessionUser } from '../session/session.ts';
import type { DriveDatabase } from './database.ts';
import { newId } from './new-id.ts';
import type { Action, KeptFile, Notice, OutboxItem, StepDetails } from './outbox/item.ts';
import type { Outcome, SendResult } from './outbox/outcome.ts';
import { supersededBy, takenBack } from './outbox/queue.ts';
import type { Gps } from './position.ts';
import { isDriver, isOrder, isRecord } from './read.ts';
import { stopsLeft, undoable, withWaiting } from './stop.ts';

export type Shop = {
  name: string;
  currency: string;
  phone: string | null;
  timezone: string;
  logoUrl: string | null;
};
export type OpenShift = { startedAt: string; endedAt: string | null; cashExpected: number | null };
/** How changes come: by the room, or not now. */
export type Connection = 'connecting' | 'live' | 'offline';

/** So long after its end an order is still shown, so that it can be taken back. */
const ENDED_KEPT_MS = 10 * 60_000;

export type DriveDeps = {
  session: Session;
  api: ApiClient;
  db: DriveDatabase;
  gps: () => Gps;
  /** Something was added to the outbox. */
  wakeSender: () => void;
  /** Tells the other tabs of this phone. */
  tellOthers: () => void;
};

/** All that the app knows and does; the screens draw its signals and call its verbs. One a page. */
export class Drive {
  readonly deps: DriveDeps;
  readonly user = signal<SessionUser | null>(null);
  readonly shop = signal<Shop | null>(null);
  readonly driver = signal<DriverRecord | null>(null);
  readonly shift = signal<OpenShift | null>(null);
  /** As the server told them, by id, never older than what was known. */
  readonly told = signal<ReadonlyMap<string, OrderForDriver>>(new Map());
  readonly isLoaded = signal(false);
  readonly waiting = signal<readonly OutboxItem[]>([]);
  readonly notices = signal<readonly Notice[]>([]);
  /** Ids of the orders that were accepted on this phone. */
  readonly accepted = signal<ReadonlySet<string>>(new Set());
  readonly connection = signal<Connection>('connecting');
  readonly messages = signal<ReadonlyMap<string, readonly Message[]>>(new Map());
  /** By order: up to when its chat was read, by this phone or, as the room tells, by another of this side. */
  readonly readUpTo = signal<ReadonlyMap<string, string>>(new Map());
  readonly now = signal(Date.now());

  /** As it is once everything has been sent. */
  readonly orders = computed(() => withWaiting([...this.told.value.values()], this.waiting.value));
  readonly stops = computed(() => stopsLeft(this.orders.value));
  readonly undoable = computed(() => undoable(this.orders.value, this.now.value));
  readonly onDuty = computed(() => {
    const last = this.waiting.value.findLast(({ action }) => action.kind === 'shift')?.action;
    return last?.kind === 'shift' ? last.status === 'available' : this.driver.value?.status === 'available';
  });
  /** New assignments that nobody has answered. */
  readonly ringing = computed(() =>
    this.stops.value.filter(({ order }) => order.status === 'assigned' && !this.accepted.value.has(order.id)),
  );

  constructor(deps: DriveDeps) {
    this.deps = deps;
  }

  /** What the phone itself remembers; needs no network. */
  async open(): Promise<void> {
    const { db, session } = this.deps;
    this.user.value = session.user();
    const driverId = this.user.value?.driverId;
    if (!driverId) return;
    const kept = await db.kept(`drive:${driverId}`);
    if (isRecord(kept)) this.#restore(kept);
    await this.refreshWaiting();
  }

  #restore({ orders, driver, shift, shop, accepted }: Record<string, unknown>): void {
    if (Array.isArray(orders) && !this.isLoaded.value) {
      this.told.value = new Map(orders.filter(isOrder).map((order) => [order.id, order]));
    }
    if (isDriver(driver)) this.driver.value ??= driver;
    // These two were written by this app, and by no other.
    if (isRecord(shift)) this.shift.value ??= shift as OpenShift;
    if (isRecord(shop)) this.shop.value ??= shop as Shop;
    if (Array.isArray(accepted)) this.accepted.value = new Set(accepted.map(String));
  }

  async keep(): Promise<void> {
    const driverId = this.user.value?.driverId;
    if (!driverId) return;
    const [orders, accepted] = [[...this.told.value.values()], [...this.accepted.value]];
    const { driver, shift, shop } = this;
    const kept = { orders, accepted, driver: driver.value, shift: shift.value, shop: shop.value };
    await this.deps.db.keep(`drive:${driverId}`, kept);
  }

  /** From the database, which all tabs share. */
  async refreshWaiting(): Promise<void> {
    const driverId = this.user.value?.driverId;
    if (!driverId) return;
    const [waiting, notices] = await Promise.all([
      this.deps.db.list(driverId),
      this.deps.db.notices(driverId),
    ]);
    this.waiting.value = waiting;
    this.notices.value = notices;
  }

  /** All that the driver has now. What is not among it went to someone else, or has ended a while ago. */
  takeAll(orders: readonly OrderForDriver[]): void {
    const now = Date.now();
    const ended = [...this.told.value.values()].filter(
      ({ id, status, statusAt }) =>
        !orders.some((order) => order.id === id) &&
        !(ACTIVE_STATUSES as readonly string[]).includes(status) &&
        now - Date.parse(statusAt) < ENDED_KEPT_MS,
    );
    const newest = orders.map((order) => newer(this.told.value.get(order.id), order));
    this.told.value = new Map([...ended, ...newest].map((order) => [order.id, order]));
    this.isLoaded.value = true;
    void this.keep();
  }

  takeOrder(order: OrderForDriver): void {
    const own = this.user.value?.driverId;
    const told = new Map(this.told.value);
    if (order.driverId !== null && order.driverId !== own) told.delete(order.id);
    else if (order.status === 'created' || order.driverId === null) told.delete(order.id);
    else told.set(order.id, newer(told.get(order.id), order));
    this.told.value = told;
    void this.keep();
  }

  takeEta(orderId: string, eta: Eta): void {
    const order = this.told.value.get(orderId);
    if (order !== undefined) this.told.value = new Map(this.told.value).set(orderId, { ...order, eta });
  }

  /** The sender's news: an answer may hold the order as it is now. */
  async takeOutcome(item: OutboxItem, outcome: Outcome, result: SendResult): Promise<void> {
    if (result.ok && item.action.kind === 'status' && isOrder(result.body)) this.takeOrder(result.body);
    if (result.ok && item.action.kind === 'shift' && isDriver(result.body)) this.takeDriver(result.body);
    if (result.ok && item.action.kind === 'message') this.takeMessages(item.action.orderId, [result.body]);
    await this.refreshWaiting();
    this.deps.tellOthers();
    const isOutdated = outcome.type === 'refused' || (outcome.type === 'done' && outcome.notice !== null);
    if (isOutdated) await this.load().catch(() => undefined);
  }

  takeDriver(driver: DriverRecord & { shift?: unknown }): void {
    const known = this.driver.value;
    if (known !== null && known.version > driver.version) return;
    const { shift, ...rest } = driver;
    this.driver.value = rest;
    if (isRecord(shift)) this.shift.value = shift as OpenShift; // as the API's type has it
    void this.keep();
  }

  takeMessages(orderId: string, messages: readonly unknown[]): void {
    const known = this.messages.value.get(orderId) ?? [];
    const byId = new Map([...known, ...(messages as Message[])].map((message) => [message.id, message])); // read.ts
    const sorted = [...byId.values()].sort((a, b) =>
      a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1,
    );
    this.messages.value = new Map(this.messages.value).set(orderId, sorted);
  }

  /** What the API knows, all of it; throws `ApiProblem`. */
  async load(): Promise<void> {
    const { api } = this.deps;
    const me = { param: { id: 'me' } };
    const [orders, driver, shop, shifts] = await Promise.all([
      api.v1.drivers[':id'].orders.$get(me).then((answer) => answer.json()),
      api.v1.drivers[':id'].$get(me).then((answer) => answer.json()),
      api.v1.merchants.me.$get().then((answer) => answer.json()),
      api.v1.shifts.$get({ query: { limit: '1' } }).then((answer) => answer.json()),
    ]);
    this.shop.value = shop;
    this.shift.value = shifts.data[0] ?? null;
    this.takeDriver(driver);
    this.takeAll(orders.data.filter(isOrder));
  }

  /** Whatever the driver does goes this way: written down first, then sent. */
  async act(action: Action, id = newId()): Promise<string> {
    const { db, wakeSender, tellOthers } = this.deps;
    const driverId = this.user.value?.driverId;
    if (!driverId) throw new Error('Nobody has signed in.');
    const at = new Date().toISOString();
    const item = { id, driverId, at, attempts: 0, notBefore: 0, sending: false, action };
    await db.add(item, supersededBy(action, this.waiting.value));
    await this.refreshWaiting();
    tellOthers();
    wakeSender();
    return id;
  }

  step(order: OrderForDriver, status: OrderForDriver['status'], details: StepDetails = {}): Promise<string> {
    const gps = this.deps.gps();
    const isFresh = gps.state === 'good' && Date.now() - gps.at < 60_000;
    const place = isFresh ? { location: { lat: gps.lat, lng: gps.lng } } : {};
    const { id: orderId, number: orderNumber } = order;
    return this.act({ kind: 'status', orderId, orderNumber, status, details: { ...place, ...details } });
  }

  addFile(order: OrderForDriver, proof: 'photo' | 'signature', file: KeptFile): Promise<string> {
    return this.act({ kind: 'proof', orderId: order.id, orderNumber: order.number, proof, file });
  }

  /** Takes the last step back: as if it had never been, if it has not left the phone; else by a step back. */
  async undo(order: OrderForDriver): Promise<void> {
    const isGone = !(await this.deps.db.takeBack(takenBack(this.waiting.value, order.id)));
    if (isGone) await this.step(order, 'arrived_at_dropoff');
    else await this.refreshWaiting();
    this.deps.tellOthers();
  }

  async accept(orderId: string): Promise<void> {
    const active = this.orders.value.map(({ id }) => id);
    const kept = [...this.accepted.value].filter((id) => active.includes(id));
    this.accepted.value = new Set([...kept, orderId]);
    await this.keep();
  }

  /** Gives the order back, for that reason; should it come again, it rings again. */
  async decline(order: OrderForDriver, details: StepDetails): Promise<void> {
    this.accepted.value = new Set([...this.accepted.value].filter((id) => id !== order.id));
    await this.step(order, 'created', details);
    await this.keep();
  }

  unreadOf(orderId: string): number {
    const upTo = this.readUpTo.value.get(orderId);
    // Until the room has told, nothing is called new.
    if (upTo === undefined) return 0;
    const messages = this.messages.value.get(orderId) ?? [];
    return messages.filter(({ from, at }) => from !== 'driver' && at > upTo).length;
  }

  markRead(orderId: string, upTo: string): void {
    const known = this.readUpTo.value.get(orderId);
    if (known === undefined || known < upTo)
      this.readUpTo.value = new Map(this.readUpTo.value).set(orderId, upTo);
  }

  async dismiss(notice: Notice): Promise<void> {
    await this.deps.db.dismiss(notice.id);
    await this.refreshWaiting();
    this.deps.tellOthers();
  }
}

const newer = (known: OrderForDriver | undefined, order: OrderForDriver): OrderForDriver =>
  known !== undefined && known.version > order.version ? known : order;
