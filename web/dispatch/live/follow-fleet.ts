import { batch } from '@preact/signals';
import { ACTIVE_STATUSES } from '../../../domain/order-status.ts';
import type { DriverRecord, OrderForManager } from '../../../domain/orders.ts';
import { allPages } from '../all-pages.ts';
import type { Dispatch } from '../dispatch.ts';
import type { FleetEvent } from './fleet-state.ts';
import { readManagerMessage } from './read-message.ts';
import { RoomSocket } from './room-socket.ts';

/** Fixes of 200 drivers come 800 times a second: they are taken together, this often. */
const TAKE_EVERY_MS = 50;
const CLOCK_MS = 5000;
/** Without the room the API is asked this often. */
const POLL_MS = 15_000;
const PAGE = 100;

/** Keeps the dispatch's fleet current, by its room, or by asking while no room can be reached. Returns what ends it. */
export function followFleet(dispatch: Dispatch): () => void {
  const waiting: FleetEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    batch(() => {
      dispatch.take(...waiting.splice(0));
      dispatch.heardAt.value = Date.now();
    });
  };

  const socket = new RoomSocket({
    enter: async () => (await dispatch.api.v1.fleet.room.$get()).json(),
    position: () => dispatch.fleet.value.position,
    onConnection: (connection) => {
      dispatch.connection.value = connection;
    },
    onMessage: (raw) => {
      const message = readManagerMessage(raw);
      if (message === null) return false;
      waiting.push({ type: 'message', message, receivedAt: Date.now() });
      timer ??= setTimeout(flush, TAKE_EVERY_MS);
      return message.type !== 'error';
    },
  });

  const clock = setInterval(() => {
    dispatch.now.value = Date.now() + dispatch.fleet.value.clockOffset;
  }, CLOCK_MS);
  const poll = setInterval(() => {
    if (dispatch.connection.value !== 'live' && navigator.onLine) void pollFleet(dispatch);
  }, POLL_MS);

  return () => {
    socket.stop();
    clearTimeout(timer);
    clearInterval(clock);
    clearInterval(poll);
  };
}

async function pollFleet(dispatch: Dispatch): Promise<void> {
  try {
    const [orders, drivers] = await Promise.all([listOrders(dispatch), listDrivers(dispatch)]);
    if (dispatch.connection.value !== 'live') dispatch.take({ type: 'listed', orders, drivers });
  } catch {
    // The next time it is asked again; that nothing is heard stands on the page.
  }
}

async function listOrders({ api }: Dispatch): Promise<OrderForManager[]> {
  const status = ACTIVE_STATUSES.join(',');
  const all = await allPages(async (cursor) => {
    const answer = await api.v1.orders.$get({ query: { status, limit: `${PAGE}`, ...cursor } });
    const { data, nextCursor } = await answer.json();
    // A manager is answered managers' views.
    return { data: data as OrderForManager[], nextCursor };
  });
  // The room leaves the sandbox out as well.
  return all.filter(({ sandbox }) => !sandbox);
}

async function listDrivers({ api }: Dispatch): Promise<DriverRecord[]> {
  return allPages(async (cursor) =>
    (await api.v1.drivers.$get({ query: { limit: `${PAGE}`, ...cursor } })).json(),
  );
}
