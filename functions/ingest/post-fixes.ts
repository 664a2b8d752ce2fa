import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { devices } from '../../db/schema/drivers.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { AppError } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';
import type { ParsedBatch } from './batch.ts';
import { readIngest } from './parse.ts';
import type { IngestEndpoint, IngestRequest } from './request.ts';

/** How long a device that was revoked elsewhere may still send here: the answer of the look-up is kept so long. */
export const DEVICE_CACHE_MS = 10_000;
const MOST_CACHED = 10_000;

export type PostFixes = (endpoint: IngestEndpoint, request: IngestRequest) => Promise<void>;

/**
 * Takes a tracker's request to the fleet room of its driver; parse.ts says which answers the trackers need. Throws
 * `unauthenticated` for a token that was never given out, and `unavailable` while rooms (or the database) are down; whatever
 * else was sent is a success, and counted.
 */
export function createPostFixes(deps: Pick<Deps, 'db' | 'rooms' | 'metrics'>): PostFixes {
  const findDevice = cachedDevices(deps.db);
  return async (endpoint, request) => {
    const { token, parse } = readIngest(endpoint, request);
    const device = token === null ? undefined : await findDevice(token);
    if (device === undefined) {
      throw new AppError('unauthenticated', 'Send the token of a device that was added for a driver.');
    }
    const batch = parse();
    const { source, fixes, rejected } = batch;
    const count = (outcome: string, fixCount: number): void => {
      if (fixCount > 0) deps.metrics.fixes.inc({ source, outcome }, fixCount);
    };
    if (device.revoked) return count('revoked', positions(batch));
    // Counted before the room is asked: a request that must be sent again is counted again.
    count('rejected', rejected);
    count('ignored', batch.ignored ? 1 : 0);
    if (fixes.length === 0) return;
    try {
      await deps.rooms.post(device.merchantId, { type: 'fixes', driverId: device.driverId, source, fixes });
    } catch (error) {
      count('unavailable', fixes.length);
      throw error;
    }
    count('posted', fixes.length);
  };
}

const positions = ({ fixes, rejected }: ParsedBatch): number => Math.max(1, fixes.length + rejected);

type Device = { merchantId: string; driverId: string; revoked: boolean };

/** Also remembers what is no token: some trackers repeat a refused request without a pause. */
function cachedDevices(db: Database): (token: string) => Promise<Device | undefined> {
  const known = new Map<string, { device: Device | undefined; until: number }>();
  return async (token) => {
    const hit = known.get(token);
    if (hit !== undefined && hit.until > Date.now()) return hit.device;
    const device = await findDevice(db, token);
    known.delete(token);
    if (known.size >= MOST_CACHED) {
      const oldest = known.keys().next();
      if (!oldest.done) known.delete(oldest.value);
    }
    known.set(token, { device, until: Date.now() + DEVICE_CACHE_MS });
    return device;
  };
}

async function findDevice(db: Database, token: string): Promise<Device | undefined> {
  const { merchantId, driverId, revokedAt, tokenHash } = devices;
  const [row] = await db.system
    .select({ merchantId, driverId, revokedAt })
    .from(devices)
    .where(eq(tokenHash, hashToken(token)));
  if (row === undefined) return undefined;
  return { merchantId: row.merchantId, driverId: row.driverId, revoked: row.revokedAt !== null };
}
