import { type Signal, signal } from '@preact/signals';

/** What the phone knows of where it is. */
export type Gps =
  | { state: 'off' | 'asking' | 'denied' | 'lost' }
  | { state: 'good'; lat: number; lng: number; accuracy: number; at: number };

/** As a fleet room takes it, without its `seq`. */
export type PhoneFix = {
  type: 'fix';
  fixedAt: string;
  lat: number;
  lng: number;
  accuracy?: number;
  heading?: number;
  speed?: number;
  battery?: number;
};

export type Position = {
  gps: Signal<Gps>;
  /** 0 to 1; null where the browser does not tell, as on an iPhone. */
  battery: Signal<number | null>;
  /** False when the browser cannot keep the screen on. */
  staysAwake: Signal<boolean>;
  /** Watches while on: each fix goes to `onFix`. Asks for the permission the first time. */
  watch: (on: boolean) => void;
};

/** A fix is sent at most this often; rooms and batteries want no more. */
const EVERY_MS = 2000;

/** Who stands still moves no GPS, and is still there: a phone is asked at least this often. */
const AT_LEAST_EVERY_MS = 10_000;

/** `onFix` says whether the fix was sent. */
export function createPosition(onFix: (fix: PhoneFix) => boolean): Position {
  const gps = signal<Gps>({ state: 'off' });
  const battery = watchBattery();
  const awake = keepAwake();
  let watching: number | null = null;
  let lastSent = 0;
  let asking: ReturnType<typeof setInterval> | undefined;

  const take = ({ coords, timestamp }: GeolocationPosition): void => {
    const { latitude: lat, longitude: lng, accuracy, heading, speed } = coords;
    gps.value = { state: 'good', lat, lng, accuracy, at: Date.now() };
    if (Date.now() - lastSent < EVERY_MS) return;
    const isSent = onFix({
      ...{ type: 'fix', fixedAt: new Date(timestamp).toISOString(), lat, lng },
      ...(Number.isFinite(accuracy) ? { accuracy: Math.min(accuracy, 100_000) } : {}),
      // A phone that stands still has a heading of NaN, or none.
      ...(heading !== null && heading >= 0 && heading <= 360 ? { heading } : {}),
      ...(speed !== null && speed >= 0 && speed <= 150 ? { speed } : {}),
      ...(battery.value === null ? {} : { battery: battery.value }),
    });
    if (isSent) lastSent = Date.now();
  };
  const ask = (): void => {
    if (Date.now() - lastSent < AT_LEAST_EVERY_MS || document.hidden) return;
    navigator.geolocation.getCurrentPosition(take, fail, OPTIONS);
  };
  const fail = ({ code }: GeolocationPositionError): void => {
    const isOld = gps.value.state === 'good' && Date.now() - gps.value.at < LOST_MS;
    if (code === DENIED) gps.value = { state: 'denied' };
    else if (!isOld) gps.value = { state: 'lost' };
  };

  const watch = (on: boolean): void => {
    awake.want(on);
    if (on === (watching !== null)) return;
    if (on) {
      if (navigator.geolocation === undefined) {
        gps.value = { state: 'lost' };
        return;
      }
      gps.value = { state: 'asking' };
      watching = navigator.geolocation.watchPosition(take, fail, OPTIONS);
      asking = setInterval(ask, AT_LEAST_EVERY_MS / 2);
    } else if (watching !== null) {
      clearInterval(asking);
      navigator.geolocation.clearWatch(watching);
      watching = null;
      gps.value = { state: 'off' };
    }
  };
  return { gps, battery, staysAwake: awake.works, watch };
}

const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 2000, timeout: 30_000 };
/** GeolocationPositionError.PERMISSION_DENIED. */
const DENIED = 1;
const LOST_MS = 60_000;

/** The screen on, as long as it is wanted: the lock is lost whenever the page is hidden. */
function keepAwake(): { works: Signal<boolean>; want: (on: boolean) => void } {
  const works = signal('wakeLock' in navigator);
  let wanted = false;
  let lock: WakeLockSentinel | null = null;
  const hold = async (): Promise<void> => {
    if (!wanted || document.hidden || !works.value || (lock !== null && !lock.released)) return;
    // Refused when the battery is low, and in an iPhone's Safari outside of an installed app before 18.4.
    lock = await navigator.wakeLock.request('screen').catch(() => null);
    if (!wanted) await lock?.release();
  };
  document.addEventListener('visibilitychange', () => void hold());
  return {
    works,
    want: (on) => {
      wanted = on;
      if (on) void hold();
      else void lock?.release().catch(() => undefined);
    },
  };
}

/** Battery Status API, which only some browsers have and TypeScript no more. */
type Battery = EventTarget & { level: number };

function watchBattery(): Signal<number | null> {
  const level = signal<number | null>(null);
  const { getBattery } = navigator as Navigator & { getBattery?: () => Promise<Battery> };
  getBattery?.call(navigator).then(
    (battery) => {
      const read = (): void => {
        level.value = battery.level;
      };
      battery.addEventListener('levelchange', read);
      read();
    },
    () => undefined,
  );
  return level;
}
