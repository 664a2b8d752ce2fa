import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { Webhook } from 'standardwebhooks';
import { uuidv7 } from 'uuidv7';
import type { SealedSecret } from '../../../db/schema/webhooks.ts';
import { createSeal } from '../../../db/seal.ts';
import { SubscribableEvent } from '../../../domain/webhooks.ts';

/** One request that a receiver has got whole, whatever it answered. */
export type Call = { id: string; headers: IncomingHttpHeaders; body: string };

export type Receiver = {
  url: string;
  port: number;
  calls: Call[];
  /** How many connections were ever opened. */
  connections: number;
  /** Answers a call; the one before stays until it is replaced. */
  answer: (call: Call, response: ServerResponse, request: IncomingMessage) => void;
  close: () => Promise<void>;
};

/** A merchant's own system, on loopback. Answers 204 unless told otherwise. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray().catch(() => undefined);
    if (!chunks) return;
    const { headers } = request;
    const call = { id: String(headers['webhook-id']), headers, body: Buffer.concat(chunks).toString() };
    receiver.calls.push(call);
    receiver.answer(call, response, request);
  });
  server.on('connection', () => receiver.connections++);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${address.port}/hooks`,
    port: address.port,
    calls: [],
    connections: 0,
    answer: answering(204),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

export const answering =
  (status: number, headers: Record<string, string> = {}): Receiver['answer'] =>
  (_call, response) =>
    void response.writeHead(status, headers).end();

export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** An endpoint as functions would have made it. Returns its id. */
export async function addEndpoint(
  owner: postgres.Sql,
  merchantId: string,
  options: {
    url: string;
    dropmateSecret: string;
    secrets?: { secret: string; expiresAt?: string }[];
    events?: string[];
  },
): Promise<string> {
  const id = uuidv7();
  const { seal } = createSeal(options.dropmateSecret, 'webhook');
  const sealed: SealedSecret[] = (options.secrets ?? [{ secret: newSecret() }]).map(
    ({ secret, expiresAt }) => ({
      sealed: seal(secret),
      createdAt: new Date().toISOString(),
      expiresAt: expiresAt ?? null,
    }),
  );
  await owner`insert into webhook_endpoints (merchant_id, id, url, events, secrets)
    values (${merchantId}, ${id}, ${options.url}, ${options.events ?? SubscribableEvent.options}, ${owner.json(sealed)})`;
  return id;
}

/** What a receiver's own check says: the payload, or it throws. */
export function verified(secret: string, { headers, body }: Call): unknown {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return new Webhook(secret).verify(
    body,
    Object.fromEntries(names.map((name) => [name, String(headers[name])])),
  );
}

export type DeliveryRow = {
  id: string;
  event: string;
  status: string;
  attempts: number;
  step: number;
  next_attempt_at: Date | null;
  payload: { type: string; timestamp: string; data: Record<string, Record<string, unknown>> };
};

export const deliveriesOf = (owner: postgres.Sql, endpointId: string): Promise<DeliveryRow[]> =>
  owner<
    DeliveryRow[]
  >`select * from webhook_deliveries where endpoint_id = ${endpointId} order by created_at, id`.then(
    (rows) => [...rows],
  );

export type AttemptRow = { attempt: number; status: number | null; error: string | null; ms: number };

export const attemptsOf = (owner: postgres.Sql, deliveryId: string): Promise<AttemptRow[]> =>
  owner<AttemptRow[]>`
    select attempt, status, error, ms from webhook_attempts where delivery_id = ${deliveryId} order by attempt`.then(
    (rows) => [...rows],
  );
