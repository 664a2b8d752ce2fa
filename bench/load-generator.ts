import { Agent, request } from 'node:http';
import type { Shop } from './shop.ts';

// A process of its own, so that it neither slows the proxy nor is slowed by it: `fork` it, send it an Assignment, and it
// answers with a Result when the time is over.

export type Assignment = { url: string; seconds: number; shops: Shop[] };

export type Result = {
  seconds: number;
  requests: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** How often, by the status, or the network's error code, that was no success. */
  errors: Record<string, number>;
};

const DROPOFF = {
  address: 'Bulevar Artigas 1500',
  location: { lat: -34.9, lng: -56.165 },
  contact: { name: 'Julia Sosa', phone: '+598 99 123 456' },
};

process.on('message', async (assignment: Assignment) => {
  process.send?.(await measure(assignment));
});

/** One client a shop, each asking again as soon as it is answered. */
async function measure({ url, seconds, shops }: Assignment): Promise<Result> {
  const agent = new Agent({ keepAlive: true, maxSockets: shops.length });
  const times: number[] = [];
  const errors: Record<string, number> = {};
  const started = performance.now();
  const end = started + seconds * 1000;

  async function call<T>(method: string, path: string, token?: string, body?: unknown): Promise<T> {
    // The order that is under way is left as it is.
    if (performance.now() > end) throw new TimeIsOver();
    const asked = performance.now();
    try {
      const answer = await send({ agent, url: `${url}${path}`, method, token, body });
      times.push(performance.now() - asked);
      return answer as T;
    } catch (error) {
      const what = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      errors[what] = (errors[what] ?? 0) + 1;
      throw error;
    }
  }

  async function work(shop: Shop): Promise<void> {
    while (performance.now() < end) {
      // What failed is counted; the next order may do better.
      await deliver(call, shop).catch(() => {});
    }
  }

  await Promise.all(shops.map(work));
  agent.destroy();
  times.sort((a, b) => a - b);
  return {
    seconds: (performance.now() - started) / 1000,
    requests: times.length,
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    errors,
  };
}

class TimeIsOver extends Error {}

type Call = <T>(method: string, path: string, token?: string, body?: unknown) => Promise<T>;

/** An order from the web shop to the customer's door: 10 requests, 6 of them writes. */
async function deliver(call: Call, { apiKey, manager, driver }: Shop): Promise<void> {
  const created = await call<{ id: string; trackingUrl: string }>('POST', '/v1/orders', apiKey, {
    dropoff: DROPOFF,
  });
  const path = `/v1/orders/${created.id}`;
  const move = (status: string) => call('POST', `${path}/status`, driver.token, { status });
  await call('GET', path, apiKey);
  await call('POST', `${path}/assign`, manager, { driverId: driver.id });
  await move('enroute_to_pickup');
  await call('GET', '/v1/orders?limit=20', manager);
  await move('picked_up');
  await call('GET', `/v1/tracking/${created.trackingUrl.split('/t/')[1]}`);
  await move('enroute_to_dropoff');
  await call('GET', path, driver.token);
  await move('delivered');
}

type Sent = { agent: Agent; url: string; method: string; token?: string | undefined; body: unknown };

/** The parsed answer; rejects with `code` when it is no success. */
function send({ agent, url, method, token, body }: Sent): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(text === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent, headers }, async (answer) => {
      try {
        const whole = Buffer.concat(await answer.toArray()).toString();
        const status = answer.statusCode ?? 0;
        if (status < 300) resolve(JSON.parse(whole));
        else reject(Object.assign(new Error(whole), { code: status }));
      } catch (error) {
        reject(error);
      }
    });
    asked.on('error', reject);
    asked.end(text);
  });
}
