import { z } from 'zod';
import { CLOSE } from '../domain/room-messages.ts';

// Whether a running shop works, seen from outside, in a few seconds: an order is created by the public API, its customer's
// page and live room are opened, it is cancelled, and the cancellation must arrive in the room: which takes the API, the
// database, the worker and the rooms. `node scripts/smoke.ts`, with SMOKE_URL and SMOKE_API_KEY (scopes orders:read and
// orders:write, of a merchant kept for this). Prints a line a step; exit code 1 at the first that fails.

const PATIENCE_MS = 30_000;
const PICKUP = { address: 'Smoke test 1', location: { lat: -34.907, lng: -56.2026 } };
const DROPOFF = {
  address: 'Smoke test 2',
  location: { lat: -34.9, lng: -56.165 },
  contact: { name: 'Smoke test' },
};

const Environment = z.object({
  SMOKE_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, '')),
  SMOKE_API_KEY: z.string().min(1),
});
const Order = z.object({ id: z.uuid(), status: z.string(), trackingUrl: z.url() });
const Tracking = z.object({ order: z.object({ status: z.string() }) });
const Room = z.object({
  host: z.string(),
  protocol: z.enum(['ws', 'wss']),
  party: z.string(),
  room: z.string(),
  token: z.string(),
});
const Message = z.looseObject({
  type: z.string(),
  order: z.looseObject({ status: z.string() }).optional(),
});

const env = Environment.safeParse(process.env);
if (!env.success) {
  console.error('SMOKE_URL and SMOKE_API_KEY must be set.');
  process.exit(2);
}
const { SMOKE_URL: url, SMOKE_API_KEY: key } = env.data;

const undo: (() => Promise<unknown>)[] = [];
try {
  await follow();
  console.log(`${url} works.`);
} catch (error) {
  console.error(`FAILED ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  for (const step of undo) await step().catch(() => {});
}
process.exit();

async function follow(): Promise<void> {
  await step('ready', () => get('/readyz'));
  const order = await step('create an order', async () =>
    Order.parse(await call('POST', '/v1/orders', { pickup: PICKUP, dropoff: DROPOFF, notes: 'Smoke test' })),
  );
  const cancel = () => call('POST', `/v1/orders/${order.id}/cancel`, { reason: 'Smoke test' });
  undo.push(cancel);
  const token = new URL(order.trackingUrl).pathname.split('/t/')[1];
  await step('read it', () => expectStatus(`/v1/orders/${order.id}`, 'created', Order));
  await step("open the customer's page", () => get(`/t/${token}`));
  await step('read the tracking view', async () => {
    const view = Tracking.parse(JSON.parse(await get(`/v1/tracking/${token}`)));
    if (view.order.status !== 'created') throw new Error(`it says ${view.order.status}`);
  });
  const room = await step('join its live room', async () => {
    const joined = joinRoom(Room.parse(JSON.parse(await get(`/v1/tracking/${token}/room`))));
    await joined.received(({ type }) => type === 'snapshot');
    return joined;
  });
  await step('cancel it', cancel);
  undo.length = 0;
  await step('hear of it in the room', () =>
    room.received(({ type, order }) => type === 'status' && order?.status === 'cancelled'),
  );
}

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    const result = await work();
    console.log(`ok     ${what} (${Math.round(performance.now() - started)} ms)`);
    return result;
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function get(path: string): Promise<string> {
  const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return text;
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

async function expectStatus(path: string, status: string, schema: typeof Order): Promise<void> {
  const order = schema.parse(await call('GET', path));
  if (order.status !== status) throw new Error(`it is ${order.status}`);
}

type Look = (message: z.infer<typeof Message>) => boolean;

/** A viewer that keeps what comes, so that nothing is missed between two looks. */
function joinRoom({ host, protocol, party, room, token }: z.infer<typeof Room>) {
  const socket = new WebSocket(`${protocol}://${host}/parties/${party}/${room}?token=${token}`);
  const messages: z.infer<typeof Message>[] = [];
  let ended: Error | undefined;
  let look = (): void => {};
  socket.addEventListener('message', ({ data }) => {
    messages.push(Message.parse(JSON.parse(String(data))));
    look();
  });
  socket.addEventListener('close', ({ code }) => {
    const refused = code === CLOSE.unauthenticated || code === CLOSE.forbidden;
    ended = new Error(`the room ${refused ? 'refused the token' : 'closed'} (${code})`);
    look();
  });
  return {
    received: (wanted: Look) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`waited ${PATIENCE_MS / 1000} s; got ${messages.map(({ type }) => type)}`)),
          PATIENCE_MS,
        );
        look = () => {
          if (messages.some(wanted)) resolve();
          else if (ended) reject(ended);
          else return;
          clearTimeout(timer);
        };
        look();
      }),
  };
}
