import type { FieldError } from '../../domain/errors.ts';
import type { TimeWindow } from '../../domain/orders.ts';

/** Nobody plans a delivery further ahead; it is a year mistyped. */
const MOST_AHEAD_MS = 366 * 24 * 60 * 60_000;

export type OrderTimes = {
  readyAt?: string | null | undefined;
  pickup?: { window?: TimeWindow | undefined } | undefined;
  dropoff?: { window?: TimeWindow | undefined } | undefined;
};

/** What cannot be of the times that an order or a quote asks for, each with its path, at `now` (milliseconds since 1970). */
export const wrongTimes = (times: OrderTimes, now: number): FieldError[] => [
  ...outOfReach(times, now),
  ...contradictions(times),
];

/** Windows that are over, and what lies too far ahead. Being ready may be long past. */
export function outOfReach({ readyAt, pickup, dropoff }: OrderTimes, now: number): FieldError[] {
  const latest = now + MOST_AHEAD_MS;
  const wrong: FieldError[] = [];
  for (const [path, window] of [
    ['pickup.window', pickup?.window],
    ['dropoff.window', dropoff?.window],
  ] as const) {
    if (window && Date.parse(window.to) < now) wrong.push({ path, message: 'lies in the past' });
    if (window && Date.parse(window.from) > latest) wrong.push({ path, message: TOO_FAR });
  }
  if (readyAt && Date.parse(readyAt) > latest) wrong.push({ path: 'readyAt', message: TOO_FAR });
  return wrong;
}

const TOO_FAR = 'is more than a year ahead';

/** Times of which one makes the other impossible. Windows may overlap. */
export function contradictions({ readyAt, pickup, dropoff }: OrderTimes): FieldError[] {
  const [fetch, bring] = [parsed(pickup?.window), parsed(dropoff?.window)];
  const ready = readyAt ? Date.parse(readyAt) : Number.NEGATIVE_INFINITY;
  const wrong: FieldError[] = [];
  if (fetch && bring && fetch.from >= bring.to) {
    wrong.push({ path: 'dropoff.window', message: 'ends before that of the pickup begins' });
  }
  if (fetch && ready > fetch.to)
    wrong.push({ path: 'readyAt', message: 'is after the window of the pickup' });
  else if (bring && ready >= bring.to) {
    wrong.push({ path: 'readyAt', message: 'is not before the end of the window of the dropoff' });
  }
  return wrong;
}

const parsed = (window: TimeWindow | undefined) =>
  window && { from: Date.parse(window.from), to: Date.parse(window.to) };
