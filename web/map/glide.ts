/** Where the marker is drawn. `heading` is degrees clockwise from north, null while nothing is known of it. */
export type Pose = { lat: number; lng: number; heading: number | null };

/** A fix as the map needs it: `fixedAt` in milliseconds since 1970 by the phone's clock. */
export type PoseFix = Pose & { fixedAt: number };

/** A movement from one pose to another; `start` and `duration` in milliseconds of the page's clock. */
export type Glide = { from: Pose; to: Pose; start: number; duration: number; fixedAt: number };

/** Longer than this between two fixes and the way between them is unknown: the marker catches up quickly instead. */
const LONGEST_GLIDE_MS = 12_000;
const CATCH_UP_MS = 800;
const TURN_MS = 400;
/** Below this a movement is the noise of a phone that stands still, and says nothing of its heading. */
const LEAST_MOVE_M = 4;

/**
 * The glide to take when a fix arrives: from where the marker is drawn now, over the time that lay between the last two
 * fixes, so that it arrives about when the next one comes. The first fix, and each with `jump`, takes no time.
 */
export function aim(current: Glide | null, fix: PoseFix, now: number, jump: boolean): Glide {
  if (current === null) return rest(fix);
  if (fix.fixedAt <= current.fixedAt) return current;
  const from = poseAt(current, now);
  const heading = fix.heading ?? headingBetween(from, fix) ?? from.heading;
  const to = { lat: fix.lat, lng: fix.lng, heading };
  if (jump) return rest({ ...to, fixedAt: fix.fixedAt });
  const interval = fix.fixedAt - current.fixedAt;
  const duration = interval > LONGEST_GLIDE_MS ? CATCH_UP_MS : interval;
  return { from, to, start: now, duration, fixedAt: fix.fixedAt };
}

/** Where the marker is at `now`. It turns quickly, the short way round, and travels evenly. */
export function poseAt(glide: Glide, now: number): Pose {
  const { from, to, start, duration } = glide;
  const elapsed = Math.max(0, now - start);
  const travelled = duration === 0 ? 1 : Math.min(1, elapsed / duration);
  return {
    lat: from.lat + (to.lat - from.lat) * travelled,
    lng: from.lng + (to.lng - from.lng) * travelled,
    heading: turn(from.heading, to.heading, duration === 0 ? 1 : Math.min(1, elapsed / TURN_MS)),
  };
}

/** Whether there is nothing left to animate. */
export function isAtRest(glide: Glide, now: number): boolean {
  return now >= glide.start + Math.max(glide.duration, glide.duration === 0 ? 0 : TURN_MS);
}

function rest({ fixedAt, ...pose }: PoseFix): Glide {
  return { from: pose, to: pose, start: 0, duration: 0, fixedAt };
}

function turn(from: number | null, to: number | null, share: number): number | null {
  if (from === null || to === null) return to;
  const difference = ((((to - from) % 360) + 540) % 360) - 180;
  return (from + difference * share + 360) % 360;
}

/** The direction of a movement on a locally flat Earth: exact enough over the metres between two fixes. */
function headingBetween(from: Pose, to: Pose): number | null {
  const metresPerDegree = 111_195;
  const north = (to.lat - from.lat) * metresPerDegree;
  const east = (to.lng - from.lng) * metresPerDegree * Math.cos((to.lat * Math.PI) / 180);
  if (Math.hypot(north, east) < LEAST_MOVE_M) return null;
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}
