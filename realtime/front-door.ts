import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import { PARTIES, type Party } from '../domain/room-messages.ts';
import { FORBIDDEN, isUpgrade, refuse, TRY_AGAIN, UNAUTHENTICATED, withClaims } from './admission.ts';
import { backendOf } from './backend.ts';
import type { RoomsEnv } from './environment.ts';
import { problem } from './problem.ts';
import { verifyRoomToken } from './room-token.ts';
import { isService } from './service-token.ts';

type Address = { party: Party; room: string };

/**
 * Where every request to the rooms comes in, on Node and on workerd alike. A socket needs a room token for that very
 * room; a POST to a fleet room needs a service token. Only what is authorised makes a room start.
 */
export async function enter(request: Request, env: RoomsEnv): Promise<Response> {
  const address = addressOf(request);
  if (isUpgrade(request)) return address === null ? refuse(FORBIDDEN) : connect(request, env, address);
  try {
    if (address === null) throw new AppError('not_found', 'There is no such room.');
    return await post(request, env, address);
  } catch (error) {
    if (error instanceof AppError) return problem(error);
    throw error;
  }
}

async function connect(request: Request, env: RoomsEnv, { party, room }: Address): Promise<Response> {
  if (!isOwnOrigin(request, env)) return refuse(FORBIDDEN);
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const verdict = await verifyRoomToken(token, backendOf(env).keys);
  if (!verdict.ok) return refuse(verdict.why === 'unavailable' ? TRY_AGAIN : UNAUTHENTICATED);
  const { claims } = verdict;
  if (claims.party !== party || claims.room !== room) return refuse(FORBIDDEN);
  return roomOf(env, { party, room }).fetch(withClaims(request, claims));
}

async function post(request: Request, env: RoomsEnv, address: Address): Promise<Response> {
  if (!(await isService(request.headers.get('authorization'), await backendOf(env).serviceKey()))) {
    throw new AppError('unauthenticated', 'Rooms take events of this DropMate only.');
  }
  if (address.party !== 'fleet-room') throw new AppError('not_found', 'Events are posted to the fleet room.');
  return env.FleetRoom.getByName(address.room).fetch(request);
}

function roomOf(env: RoomsEnv, { party, room }: Address) {
  return party === 'fleet-room' ? env.FleetRoom.getByName(room) : env.DeliveryRoom.getByName(room);
}

const RoomName = z.uuid();

/** `/parties/<party>/<room>`; rooms are named by an id, so that nobody starts rooms by inventing names. */
function addressOf(request: Request): Address | null {
  const [, parties, name, room, more] = new URL(request.url).pathname.split('/');
  const party = PARTIES.find((one) => one === name);
  if (parties !== 'parties' || party === undefined || more !== undefined) return null;
  return RoomName.safeParse(room).success && room !== undefined ? { party, room: room.toLowerCase() } : null;
}

/** Browsers say from which page a socket comes. Programs say nothing, and have no cookies that could be misused. */
function isOwnOrigin(request: Request, env: RoomsEnv): boolean {
  const origin = request.headers.get('origin');
  if (origin === null) return true;
  const url = URL.parse(origin);
  if (url === null) return false;
  return url.origin === URL.parse(env.PUBLIC_URL)?.origin || url.host === request.headers.get('host');
}
