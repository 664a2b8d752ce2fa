import { batch, computed, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { OrderForManager } from '../../domain/orders.ts';
import type { Merchant } from '../../functions/accounts/merchant.ts';
import type { StaffWords } from '../i18n/staff-words.ts';
import { problemText, staffWords } from '../i18n/staff-words.ts';
import type { Times } from '../i18n/times.ts';
import { timesFor } from '../i18n/times.ts';
import type { Tiles } from '../map/tiles.ts';
import type { ApiClient } from '../session/api.ts';
import { problemOfFailure } from '../session/problem.ts';
import type { Session, SessionUser } from '../session/session.ts';
import type { Giving } from './assign/give-orders.ts';
import { boardRows, countOrders, countStops } from './board/board.ts';
import type { Filters } from './board/filters.ts';
import { emptyFleet, type FleetEvent, reduceFleet } from './live/fleet-state.ts';
import type { Connection } from './live/room-socket.ts';
import { type Place, readPlace } from './place.ts';
import { type DispatchWords, dispatchWords } from './words/words.ts';

/** What can be asked for above the board; one at a time. */
export type Asked =
  | { what: 'assign'; orderIds: readonly string[] }
  | { what: 'cancel'; orderIds: readonly string[] }
  | { what: 'move'; orderId: string }
  | { what: 'write'; orderId: string | null }
  | { what: 'import' }
  | { what: 'late-reports' }
  | { what: 'shortcuts' };

export type DispatchOptions = {
  session: Session;
  user: SessionUser;
  api: ApiClient;
  /** A `fetch` that signs, for files. */
  fetchFile: typeof fetch;
  locale: string;
  tiles: Tiles | null;
  place: Place;
};

/** What all parts of the page share. One a page: it is made when somebody has logged in. */
export class Dispatch {
  readonly session: Session;
  readonly user: SessionUser;
  readonly api: ApiClient;
  readonly fetchFile: typeof fetch;
  readonly locale: string;
  readonly words: DispatchWords;
  readonly staff: StaffWords;
  readonly tiles: Tiles | null;

  readonly fleet = signal(emptyFleet());
  // Fixes come all the time: who shows none of them reads its own part, which changes only when that does.
  readonly orders = computed(() => this.fleet.value.orders);
  readonly drivers = computed(() => this.fleet.value.drivers);
  readonly locations = computed(() => this.fleet.value.locations);
  readonly isLoaded = computed(() => this.fleet.value.isLoaded);
  readonly connection = signal<Connection>('connecting');
  /** When the room was last heard, by this clock; null before. */
  readonly heardAt = signal<number | null>(null);
  /** The server's clock in milliseconds since 1970, every few seconds. */
  readonly now = signal(Date.now());
  readonly merchant = signal<Merchant | null>(null);
  readonly place = signal<Place>(readPlace(''));
  readonly selected = signal<ReadonlySet<string>>(new Set());
  readonly asked = signal<Asked | null>(null);
  /** Orders that are being given to a driver together, and what came of each. */
  readonly giving = signal<Giving | null>(null);
  /** Of the open order, for the map: longitude first, as GeoJSON has it. */
  readonly trail = signal<readonly (readonly [number, number])[]>([]);
  /** Of the late reports those that nobody has settled. */
  readonly lateReports = signal(0);
  /** Grows when the reader's own act changed the board: then nothing waits. */
  readonly released = signal(0);
  readonly isTimelineShown = signal(true);
  /** Grows when a key asks for everything on the map. */
  readonly fitAsked = signal(0);

  readonly rows = computed(() =>
    boardRows({
      orders: this.orders.value,
      drivers: this.drivers.value,
      filters: this.place.value.filters,
      now: this.now.value,
    }),
  );
  readonly counts = computed(() => countOrders(this.orders.value, this.now.value));
  /** How many open orders each driver has, by their id. */
  readonly stops = computed(() => countStops(this.orders.value));
  readonly times = computed((): Times => timesFor(this.locale, this.merchant.value?.timezone ?? localZone()));

  constructor({ session, user, api, fetchFile, locale, tiles, place }: DispatchOptions) {
    this.session = session;
    this.user = user;
    this.api = api;
    this.fetchFile = fetchFile;
    this.locale = locale;
    this.words = dispatchWords(locale);
    this.staff = staffWords(locale);
    this.tiles = tiles;
    this.place.value = place;
  }

  take(...events: FleetEvent[]): void {
    this.fleet.value = reduceFleet(this.fleet.value, events);
  }

  /** An order as the API just answered it, after an act of the reader's own. */
  takeAnswer(order: OrderForManager): void {
    batch(() => {
      this.take({ type: 'order', order });
      this.released.value++;
    });
  }

  order(id: string | null): OrderForManager | undefined {
    return id === null ? undefined : this.orders.value.get(id);
  }

  driverName(id: string | null): string {
    return (id === null ? undefined : this.drivers.value.get(id)?.name) ?? '';
  }

  go(change: Partial<Place>): void {
    this.place.value = { ...this.place.value, ...change };
  }

  filter(change: Partial<Filters>): void {
    batch(() => {
      this.go({ filters: { ...this.place.value.filters, ...change } });
      this.released.value++;
    });
  }

  /** Opens an order's panel on the board; null closes it. */
  open(orderId: string | null): void {
    this.go({ view: 'board', orderId });
  }

  select(ids: Iterable<string>): void {
    this.selected.value = new Set(ids);
  }

  toggle(id: string): void {
    const selected = new Set(this.selected.value);
    if (!selected.delete(id)) selected.add(id);
    this.selected.value = selected;
  }

  ask(asked: Asked | null): void {
    this.asked.value = asked;
  }

  /** What to say of a request that failed. */
  explain(error: unknown): string {
    return problemText(problemOfFailure(error), this.locale);
  }
}

const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const DispatchContext = createContext<Dispatch | null>(null);

/** For components within the page. */
export function useDispatch(): Dispatch {
  const dispatch = useContext(DispatchContext);
  if (dispatch === null) throw new Error('There is no dispatch around this component.');
  return dispatch;
}
