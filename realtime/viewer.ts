import type { Connection } from 'partyserver';
import type { Audience, RoomClaims } from '../domain/room-messages.ts';
import { Outlet, type Reader } from './outlet.ts';
import { RateLimit } from './rate-limit.ts';

/** Messages a client may send: so many a second, and this many at once. */
const PER_SECOND = 10;
const BURST = 20;

/** One connected socket, and what its token said of it. */
export class Viewer {
  readonly connection: Connection;
  readonly audience: Audience;
  /** The user, or the API key, or for a customer the order. */
  readonly userId: string;
  readonly driverId: string | null;
  /** May write nothing. */
  readonly readOnly: boolean;
  /** Who gets the same messages, see `Room.publish`. */
  readonly group: string;
  readonly outlet: Outlet;
  readonly limit: RateLimit;
  /** When the token ends, in milliseconds since 1970. */
  expiresAt: number;

  constructor(connection: Connection, claims: RoomClaims, group: string) {
    this.connection = connection;
    this.audience = claims.audience;
    this.userId = claims.sub;
    this.driverId = claims.driver ?? null;
    this.readOnly = claims.readOnly ?? false;
    this.group = group;
    this.outlet = new Outlet(readerOf(connection));
    this.limit = new RateLimit(PER_SECOND, BURST, Date.now());
    this.expiresAt = claims.exp * 1000;
  }
}

/** On our host a connection has a faster way out behind it (`Link` in host/socket.ts); elsewhere it is the way out. */
function readerOf(connection: Connection): Reader {
  // Only our host's sockets have a link, and it can do all that a Reader can.
  return 'link' in connection ? (connection.link as Reader) : connection;
}
