import { Fix, type FixSource } from '../../domain/fix.ts';
import { parseTimestamp } from './timestamp.ts';
import { toNumber } from './values.ts';

/**
 * What one request of a phone tracker came to. `fixes` are valid, oldest first, each instant once, at most MAX_FIXES.
 * `rejected` counts positions that were no good or too many. `ignored`: there was no position in it and none was meant
 * (a heartbeat, a push token, another kind of message). `device` is how the phone calls itself: never the device token.
 */
export type ParsedBatch = {
  source: FixSource;
  fixes: Fix[];
  rejected: number;
  ignored: boolean;
  device?: string;
};

/**
 * The most a request may bring: what Overland sends at its largest setting, and what a RoomEvent may carry. Of more, the
 * last are kept: all batching clients send the oldest first.
 */
export const MAX_FIXES = 1000;

/** A position as a client gave it: units are ours already (m, m/s, degrees, 0 to 1), values may be anything. */
export type RawFix = {
  lat: unknown;
  lng: unknown;
  time: unknown;
  accuracy?: number | undefined;
  altitude?: number | undefined;
  heading?: number | undefined;
  speed?: number | undefined;
  battery?: number | undefined;
};

/** One position of a batch, parsed: a fix, nothing usable, or no position at all. */
export type Entry = Fix | 'rejected' | 'ignored';

/** Builds a batch from entries in the order in which they were sent. */
export function toBatch(source: FixSource, entries: readonly Entry[], device?: string): ParsedBatch {
  const byTime = new Map<string, Fix>();
  let rejected = 0;
  for (const entry of entries) {
    if (entry === 'rejected') rejected++;
    else if (entry !== 'ignored') byTime.set(entry.fixedAt, entry);
  }
  // All are in the same form, so their text sorts as their time does.
  const sorted = [...byTime.values()].sort((a, b) => (a.fixedAt < b.fixedAt ? -1 : 1));
  const fixes = sorted.slice(-MAX_FIXES);
  rejected += sorted.length - fixes.length;
  return {
    source,
    fixes,
    rejected,
    ignored: fixes.length === 0 && rejected === 0,
    // Some put the token where the app asks for the phone's name: it is passed on nowhere.
    ...(device === undefined || device.includes('dm_dev_') ? {} : { device }),
  };
}

/** Parses the last MAX_FIXES of what a client sent; those before are rejected unread, so that no list costs much. */
export function readLast<T>(list: readonly T[], read: (item: T) => Entry): Entry[] {
  const skipped = Math.max(0, list.length - MAX_FIXES);
  return [...new Array<Entry>(skipped).fill('rejected'), ...list.slice(skipped).map(read)];
}

/** A valid fix, or `rejected`. What is optional and out of its range is unknown (phones say -1) and left out. */
export function toFix(raw: RawFix): Fix | 'rejected' {
  const at = parseTimestamp(raw.time);
  const lat = toNumber(raw.lat);
  const lng = toNumber(raw.lng);
  if (at === null || lat === undefined || lng === undefined) return 'rejected';
  // Where the equator meets Greenwich is sea; it is what a phone without a fix says.
  if (lat === 0 && lng === 0) return 'rejected';
  const fix: Record<string, unknown> = { lat, lng, fixedAt: new Date(at).toISOString() };
  for (const key of OPTIONAL) {
    const value = raw[key];
    if (value !== undefined && Fix.shape[key].safeParse(value).success) fix[key] = value;
  }
  const parsed = Fix.safeParse(fix);
  return parsed.success ? parsed.data : 'rejected';
}

const OPTIONAL = ['accuracy', 'altitude', 'heading', 'speed', 'battery'] as const;
