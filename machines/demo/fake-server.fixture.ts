import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { Location } from '../../domain/geo.ts';
import { STATUSES } from '../../domain/order-status.ts';
import { FakeOrders } from './fake-api.fixture.ts';
import type { SeenOrder } from './simulation.ts';

type Driver = { id: string; name: string; vehicleType: string; status: string; location: null };
type Answer = { status: number; body: unknown };

const Body = z.object({
  email: z.string().optional(),
  token: z.string().optional(),
  refreshToken: z.string().optional(),
  name: z.string().optional(),
  vehicleType: z.string().optional(),
  driverId: z.string().optional(),
  status: z.enum([...STATUSES, 'available']).optional(),
  externalId: z.string().optional(),
  pickup: z.object({ location: Location }).optional(),
  dropoff: z.object({ location: Location }).optional(),
});

/** As much of the public API as the demo's drivers use, kept in memory, recording who called what. */
export async function startFakeApi() {
  const orders = new FakeOrders();
  const drivers: Driver[] = [];
  const calls: string[] = [];
  const fixes: { driver: string; lat: number; speed: number }[] = [];
  /** Access and refresh tokens, and to whom they belong. */
  const tokens = new Map<string, string>();
  const state = { isDown: false };
  let issued = 0;
  let hired = 0;

  const signedIn = (who: string): Answer => {
    const [accessToken, refreshToken] = [`access-${++issued}`, `refresh-${++issued}`];
    tokens.set(accessToken, who).set(refreshToken, who);
    return { status: 200, body: { accessToken, refreshToken, expiresIn: 600 } };
  };

  const publicAnswer = (route: string, body: z.infer<typeof Body>): Answer | undefined => {
    if (route === 'POST /v1/auth/login') return signedIn('manager');
    if (route === 'POST /v1/auth/invite') return signedIn(body.token?.replace('invitation-', '') ?? '');
    if (route !== 'POST /v1/auth/refresh') return undefined;
    const who = tokens.get(body.refreshToken ?? '');
    return who ? signedIn(who) : { status: 401, body: {} };
  };

  const ownAnswer = (route: string, who: string, body: z.infer<typeof Body>, host: string): Answer => {
    const id = route.split('/')[3] ?? '';
    const order = (one: SeenOrder): Answer => ({ status: 200, body: asAnswer(one) });
    switch (route.replace(/[0-9a-f]{8}-[0-9a-f-]+|driver-\d+/, ':id')) {
      case 'GET /v1/drivers':
        return { status: 200, body: { data: drivers, nextCursor: null } };
      case 'POST /v1/drivers': {
        const made = {
          id: `driver-${++hired}`,
          name: body.name ?? '',
          vehicleType: body.vehicleType ?? '',
        };
        drivers.push({ ...made, status: 'offline', location: null });
        return { status: 201, body: { ...made, inviteUrl: `http://x/invite/invitation-${made.id}` } };
      }
      case 'POST /v1/drivers/:id/invite':
        return { status: 201, body: { inviteUrl: `http://x/invite/invitation-${id}` } };
      case 'PUT /v1/drivers/me/shift':
        for (const driver of drivers) if (driver.id === who) driver.status = 'available';
        return { status: 200, body: {} };
      case 'GET /v1/fleet/room':
        return {
          status: 200,
          body: { host, protocol: 'ws', party: 'fleet-room', room: 'merchant', token: `room-${who}` },
        };
      case 'GET /v1/orders':
        return { status: 200, body: { data: orders.active().map(asAnswer), nextCursor: null } };
      case 'POST /v1/orders': {
        const [pickup = null, dropoff = null] = [body.pickup?.location, body.dropoff?.location];
        return order(orders.create({ externalId: body.externalId ?? null, pickup, dropoff }, Date.now()));
      }
      case 'POST /v1/orders/:id/assign':
        return order(orders.assign(id, body.driverId ?? '', Date.now()));
      case 'POST /v1/orders/:id/status': {
        const { status } = body;
        if (!status || status === 'available') return { status: 400, body: {} };
        return order(orders.report(id, who, status, Date.now()));
      }
      default:
        return { status: 404, body: {} };
    }
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    const who = tokens.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    calls.push(`${who ?? 'nobody'} ${route}`);
    const body = Body.parse(text ? JSON.parse(text) : {});
    let answered: Answer;
    try {
      answered = state.isDown
        ? { status: 503, body: {} }
        : (publicAnswer(route, body) ??
          (who ? ownAnswer(route, who, body, request.headers.host ?? '') : { status: 401, body: {} }));
    } catch (error) {
      answered = { status: 409, body: { detail: String(error) } };
    }
    response.writeHead(answered.status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answered.body));
  }

  const server = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    const driver =
      new URL(request.url ?? '', 'http://x').searchParams.get('token')?.replace('room-', '') ?? '';
    socket.on('message', (raw) => {
      const message = z
        .object({ type: z.string(), lat: z.number(), speed: z.number() })
        .safeParse(JSON.parse(String(raw)));
      if (message.data?.type === 'fix')
        fixes.push({ driver, lat: message.data.lat, speed: message.data.speed });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    orders,
    drivers,
    calls,
    fixes,
    tokens,
    state,
    async close(): Promise<void> {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function asAnswer(order: SeenOrder) {
  return {
    ...order,
    updatedAt: order.statusAt,
    pickup: { location: order.pickup ?? undefined },
    dropoff: { location: order.dropoff ?? undefined },
  };
}
