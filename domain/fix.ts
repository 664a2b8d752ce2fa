import { z } from 'zod';
import { distance, Location } from './geo.ts';

/** Where a fix came from: the driver's web app, one of the phone trackers, or a robot of the sandbox. */
export const FIX_SOURCES = [
  'app',
  'traccar',
  'osmand',
  'owntracks',
  'gpslogger',
  'overland',
  'sandbox',
] as const;
export type FixSource = (typeof FIX_SOURCES)[number];

/**
 * One position of a driver. `fixedAt` is when the phone measured it, `accuracy` and `altitude` are metres, `speed` m/s,
 * `heading` degrees clockwise from north, `battery` 0 to 1. Unknown is left out.
 */
export const Fix = z.strictObject({
  ...Location.shape,
  fixedAt: z.iso.datetime({ offset: true }),
  accuracy: z.number().min(0).max(100_000).optional(),
  altitude: z.number().min(-1000).max(20_000).optional(),
  heading: z.number().min(0).max(360).optional(),
  speed: z.number().min(0).max(150).optional(),
  battery: z.number().min(0).max(1).optional(),
});
export type Fix = z.infer<typeof Fix>;

export const FIX_VERDICTS = [
  'accepted',
  'stale',
  'duplicate',
  'out_of_order',
  'future',
  'impossible',
  /** The driver has ended the shift and has no order: where they are is nobody's business. The fleet room knows. */
  'off_shift',
] as const;
export type FixVerdict = (typeof FIX_VERDICTS)[number];

/** A fix this old says nothing about where the driver is now; phones send such after a tunnel or a reboot. */
export const STALE_AFTER_MS = 15 * 60_000;
/** Phone clocks run ahead a little. */
export const FUTURE_TOLERANCE_MS = 30_000;
/** 70 m/s is 252 km/h: nothing on a street does that, but a cell-tower fix jumps so. */
export const TOP_SPEED_MPS = 70;

type Known = Pick<Fix, 'lat' | 'lng' | 'fixedAt' | 'accuracy'>;

/**
 * Whether a fix is worth keeping, given the newest one known of that driver.
 * Called by the fleet room for each fix of each source. Pure; `now` is milliseconds since 1970.
 */
export function judgeFix(newest: Known | null, fix: Known, now: number): FixVerdict {
  const at = Date.parse(fix.fixedAt);
  if (at > now + FUTURE_TOLERANCE_MS) return 'future';
  if (at < now - STALE_AFTER_MS) return 'stale';
  if (newest === null) return 'accepted';
  const before = Date.parse(newest.fixedAt);
  if (at === before) return 'duplicate';
  if (at < before) return 'out_of_order';
  // Past the stale limit the old point says nothing about where one can be now.
  if (at - before > STALE_AFTER_MS) return 'accepted';
  const slack = (newest.accuracy ?? 0) + (fix.accuracy ?? 0);
  const metres = Math.max(0, distance(newest, fix) - slack);
  return metres > (TOP_SPEED_MPS * (at - before)) / 1000 ? 'impossible' : 'accepted';
}
