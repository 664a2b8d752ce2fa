import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type postgres from 'postgres';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { uuidv7 } from 'uuidv7';
import webpush from 'web-push';
import type { Message } from './senders.ts';

/** An email as it came in: its envelope, and all of its source. */
export type Mail = { to: string[]; from: string; source: string };

export type MailServer = {
  url: string;
  port: number;
  mails: Mail[];
  /** Decides on a recipient; an SMTP code refuses it. */
  answer: (to: string) => number | Promise<number>;
  close: () => Promise<void>;
};

/** An SMTP server on loopback, which knows `user` with `password` where it asks for a login. */
export async function startMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'user' && password === 'password'
        ? done(null, { user: username })
        : done(new Error('no such login')),
    onRcptTo: ({ address }, _session, done) => {
      Promise.resolve(server.answer(address)).then((code) => {
        if (code < 400) return done();
        done(Object.assign(new Error(`no, ${address}`), { responseCode: code }));
      });
    },
    onData: (stream, { envelope }, done) => {
      stream.toArray().then((chunks) => {
        const from = envelope.mailFrom === false ? '' : (envelope.mailFrom?.address ?? '');
        const to = envelope.rcptTo.map(({ address }) => address);
        server.mails.push({ from, to, source: Buffer.concat(chunks).toString() });
        done();
      }, done);
    },
    ...options,
  });
  // Who goes away in the middle is a part of the tests.
  smtp.on('error', () => {});
  const listening = smtp.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const server: MailServer = {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    mails: [],
    answer: () => 250,
    close: () => new Promise<void>((resolve) => void smtp.close(resolve)),
  };
  return server;
}

export type Request = { path: string; headers: IncomingMessage['headers']; body: Buffer };

export type Provider = {
  url: string;
  requests: Request[];
  answer: (request: Request, response: ServerResponse) => void;
  close: () => Promise<void>;
};

/** An SMS or push service on loopback. Answers 201 unless told otherwise. */
export async function startProvider(): Promise<Provider> {
  const server = createServer(async (incoming, response) => {
    const chunks = await incoming.toArray().catch(() => undefined);
    if (!chunks) return;
    const request = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(chunks),
    };
    provider.requests.push(request);
    provider.answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const provider: Provider = {
    url: `http://127.0.0.1:${address.port}`,
    requests: [],
    answer: answering(201),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return provider;
}

export const answering =
  (status: number, headers: Record<string, string> = {}, body = '{"sid":"SM1"}'): Provider['answer'] =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

/** A browser that subscribes: what it gives to the shop. */
export function newBrowser(endpoint: string) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const auth = randomBytes(16);
  return {
    endpoint,
    keys: { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') },
  };
}

export const newVapidKeys = () => ({ ...webpush.generateVAPIDKeys(), subject: 'mailto:shop@example.com' });

/** A message as the senders get it. */
export const aMessage = (change: Partial<Message> = {}): Message => ({
  id: uuidv7(),
  round: 0,
  event: 'customer.on_the_way',
  language: 'en',
  merchant: { id: uuidv7(), name: 'Bakery', color: '#aa3300' },
  orderId: uuidv7(),
  recipient: 'ana@example.com',
  subject: 'Your order #7 is on its way',
  body: 'Your order #7 is on its way.',
  link: 'https://bakery.example/t/token',
  unsubscribeUrl: 'https://bakery.example/v1/notifications/unsubscribe/token',
  until: new Date(Date.now() + 3_600_000),
  subscription: null,
  ...change,
});

export type LogRow = {
  id: string;
  event: string;
  channel: string;
  status: string;
  attempts: number;
  recipient: string | null;
  subject: string | null;
  body: string;
  detail: string | null;
  provider_id: string | null;
};

/** All messages of a merchant, in the order in which they were made. */
export const messagesOf = async (owner: postgres.Sql, merchantId: string): Promise<LogRow[]> => [
  ...(await owner<LogRow[]>`
    select id, event, channel, status, attempts, recipient, subject, body, detail, provider_id from notification_log
    where merchant_id = ${merchantId} order by created_at, event, channel, id`),
];
