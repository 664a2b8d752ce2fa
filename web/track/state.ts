import type { OrderStatus } from '../../domain/order-status.ts';
import type { TimeRange } from '../../domain/orders.ts';
import type { TrackMessage } from './read-message.ts';
import { isExplained, isOver } from './steps.ts';
import type { CustomerLocation, TrackingView } from './view.ts';

/** How the page hears of changes: nothing to say of it, by its room, by asking again and again, not now, or never again. */
export type Connection = 'quiet' | 'live' | 'polling' | 'reconnecting' | 'offline' | 'gone';

/** Everything the tracking page shows. `clockOffset` is server time minus this clock's, in milliseconds. */
export type TrackingState = TrackingView & {
  connection: Connection;
  clockOffset: number;
  epoch: string | null;
  seq: number;
  /** The status that came while the page was open, to be read out; null until one comes. */
  announced: OrderStatus | null;
};

export type TrackingEvent =
  | { type: 'message'; message: TrackMessage; receivedAt: number }
  /** An answer of the API; `answeredAt` is its own clock, both in milliseconds since 1970. */
  | { type: 'view'; view: TrackingView; answeredAt: number; receivedAt: number }
  | { type: 'connection'; connection: Connection };

export function initialState(view: TrackingView): TrackingState {
  return { ...view, connection: 'quiet', clockOffset: 0, epoch: null, seq: -1, announced: null };
}

/** The next state. What is older than what is shown changes nothing; the same state comes back when nothing changed. */
export function reduce(state: TrackingState, event: TrackingEvent): TrackingState {
  switch (event.type) {
    case 'message':
      return applyMessage(state, event.message, event.receivedAt);
    case 'view':
      return applyView(state, event.view, event.answeredAt - event.receivedAt);
    case 'connection':
      return state.connection === event.connection ? state : { ...state, connection: event.connection };
  }
}

/** The driver's position, if it may be shown: only with a driver on the way, and before the end. */
export function shownLocation(state: TrackingView): CustomerLocation | null {
  const { driver, location, order } = state;
  return driver === null || isOver(order.status) || isExplained(order.status) ? null : location;
}

/** Whether a map still says something: before the end, and when there is a point to show. */
export function showsMap(state: TrackingView): boolean {
  const { status, dropoff, pickup } = state.order;
  if (isOver(status) || isExplained(status)) return false;
  return dropoff.location !== null || pickup.location !== null || shownLocation(state) !== null;
}

function applyMessage(state: TrackingState, message: TrackMessage, receivedAt: number): TrackingState {
  const sameEpoch = state.epoch === message.epoch;
  // A snapshot may repeat the number of what it sums up; anything else that is not newer is a straggler.
  if (sameEpoch && (message.seq < state.seq || (message.seq === state.seq && message.type !== 'snapshot')))
    return state;
  const next = {
    ...state,
    epoch: message.epoch,
    seq: message.seq,
    clockOffset: Date.parse(message.at) - receivedAt,
  };
  switch (message.type) {
    case 'snapshot':
    case 'status': {
      const { order, driver, location } = message;
      if (order.version < state.order.version) return next;
      return { ...next, order, driver, location, ...announcement(state, order.status) };
    }
    case 'location': {
      const { lat, lng, heading, fixedAt } = message;
      const location = { lat, lng, heading, fixedAt };
      return { ...next, location: newest(state.location, location) };
    }
    case 'eta':
      return { ...next, order: { ...state.order, eta: forCustomer(message.eta) } };
    case 'pong':
    case 'error':
      return next;
  }
}

function applyView(state: TrackingState, view: TrackingView, clockOffset: number): TrackingState {
  const { merchant, order, driver } = view;
  // A room is ahead of the database in what has no version: its arrival times and positions.
  if (order.version < state.order.version) return state;
  if (order.version === state.order.version && state.connection === 'live') return state;
  const location = view.location === null ? null : newest(state.location, view.location);
  return {
    ...state,
    merchant,
    order,
    driver,
    location,
    clockOffset,
    ...announcement(state, order.status),
  };
}

const announcement = (
  state: TrackingState,
  status: OrderStatus,
): { announced: OrderStatus } | Record<string, never> =>
  state.order.status === status ? {} : { announced: status };

function newest(known: CustomerLocation | null, other: CustomerLocation): CustomerLocation {
  return known !== null && Date.parse(known.fixedAt) >= Date.parse(other.fixedAt) ? known : other;
}

function forCustomer(eta: Extract<TrackMessage, { type: 'eta' }>['eta']): TimeRange | null {
  return eta !== null && 'dropoff' in eta ? eta.dropoff : eta;
}
