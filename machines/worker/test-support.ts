import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { isServiceToken } from '../../db/secrets.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { RoomEvent } from '../../domain/room-events.ts';

/** One post that a fake rooms server has taken. */
export type Post = { merchantId: string; event: RoomEvent };

export type FakeRooms = {
  url: string;
  /** All that was answered with 200. */
  posts: Post[];
  /** How many requests came, whatever was answered. */
  requests: number;
  /** Decides the answer; 'hang' answers never. */
  answer: (post: Post) => number | 'hang' | Promise<number>;
  close: () => Promise<void>;
};

/** A rooms server on loopback that takes what a real one would: a service token and a RoomEvent. */
export async function startFakeRooms(serviceKey: Uint8Array, port = 0): Promise<FakeRooms> {
  const server = createServer(async (request, response) => {
    rooms.requests++;
    const merchantId = request.url?.match(/^\/parties\/fleet-room\/([^/]+)$/)?.[1];
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const known = await isServiceToken(serviceKey, token, 'dropmate:realtime');
    const chunks = await request.toArray().catch(() => undefined);
    if (!chunks) return; // It was closed under the request.
    const event = RoomEvent.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    if (request.method !== 'POST' || !merchantId || !known || !event.success) return end(response, 422);
    const post = { merchantId, event: event.data };
    const answer = await rooms.answer(post);
    if (answer === 'hang') return;
    if (answer === 200) rooms.posts.push(post);
    end(response, answer);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const rooms: FakeRooms = {
    url: `http://127.0.0.1:${address.port}`,
    posts: [],
    requests: 0,
    answer: () => 200,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return rooms;
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end('{"ok":true}');
}

/** A merchant of the test's own. `owner` is connected as the owner. */
export async function addMerchant(owner: postgres.Sql): Promise<string> {
  const id = uuidv7();
  await owner`insert into merchants (id, name, timezone, currency) values (${id}, 'Bakery', 'UTC', 'UYU')`;
  return id;
}

const Created = z.object({ outcome: z.literal('done'), order: z.object({ id: z.uuid() }) });

/** Writes an order and, with it, its row of the outbox. Tells nobody. Returns the order's id. */
export async function addOrder(owner: postgres.Sql, merchantId: string): Promise<string> {
  const id = uuidv7();
  const order = {
    id,
    pickup: { address: 'Sarandí 1', location: { lat: -34.9, lng: -56.2 } },
    dropoff: { address: 'Colonia 2', location: { lat: -34.91, lng: -56.19 }, contact: { name: 'Ana' } },
    items: [{ name: 'Bread', quantity: 2 }],
    tracking_hash: hashToken(id),
  };
  const [row] = await owner`
    select create_order(${merchantId}, ${owner.json(order)}, null, ${uuidv7()}, 'api_key', null) as result`;
  return Created.parse(row?.result).order.id;
}

export async function addOrders(owner: postgres.Sql, merchantId: string, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => addOrder(owner, merchantId)));
}

/** The ids of the orders that a merchant's room has heard of, each once. */
export function heardOrders(rooms: FakeRooms, merchantId: string): string[] {
  const ids = rooms.posts
    .filter((post) => post.merchantId === merchantId)
    .flatMap(({ event }) => (event.type === 'order' ? [event.order.id] : []));
  return [...new Set(ids)].sort();
}

/** Resolves once `met` says so; says what it waited for when the test's patience (`seconds`) is at its end. */
export async function until(
  what: string,
  met: () => boolean | Promise<boolean>,
  seconds = 25,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
    await delay(10);
  }
}
