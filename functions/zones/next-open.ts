import { DateTime } from 'luxon';
import type { OpeningHours } from '../../domain/zones.ts';

/** The hours repeat weekly; twice that, since an hour that the clock skips does not open that week. */
const DAYS_AHEAD = 14;
const DAY = 24 * 60 * 60_000;

/**
 * The first moment from `at` on (milliseconds since 1970) at which it is open: `at` itself when it is open then, null for
 * never. Null hours are always. An opening lasts from the first moment of its day at which the clock shows `from` or
 * later to the first at which it shows `to` or later: so it is whole when the clock is set back, and an hour that is
 * skipped is none.
 */
export function nextOpen(hours: OpeningHours | null, at: number, timezone: string): number | null {
  if (hours === null) return at;
  const today = DateTime.fromMillis(at, { zone: timezone });
  for (let days = 0; days <= DAYS_AHEAD; days++) {
    const date = today.plus({ days });
    const ofDay = hours.filter(({ day }) => day === date.weekday);
    if (ofDay.length === 0) continue;
    const offset = steadyOffset(date);
    const moments = ofDay
      .map(({ from, to }) => ({ opens: firstAt(date, from, offset), closes: firstAt(date, to, offset) }))
      .filter(({ opens, closes }) => opens < closes && at < closes)
      .map(({ opens }) => Math.max(at, opens));
    if (moments.length > 0) return Math.min(...moments);
  }
  return null;
}

/** The zone's offset in milliseconds, when it is the same a day before that local date and a day after. Asking is slow. */
function steadyOffset({ year, month, day, zone }: DateTime): number | null {
  const noon = Date.UTC(year, month - 1, day, 12);
  const [before, after] = [noon - 1.5 * DAY, noon + 1.5 * DAY].map((moment) => zone.offset(moment) * 60_000);
  return before !== undefined && before === after ? before : null;
}

/**
 * The first moment of that local date at which the clock shows HH:MM or later; 24:00 is the next date's 00:00. `steady` is
 * the offset, when it is the same all around.
 */
function firstAt(date: DateTime, time: string, steady: number | null): number {
  const [hour, minute] = time.split(':').map(Number);
  const wall = Date.UTC(date.year, date.month - 1, date.day, hour, minute);
  if (steady !== null) return wall - steady;
  const clock = (moment: number) => moment + date.zone.offset(moment) * 60_000;
  const offsets = [wall - DAY, wall + DAY].map((moment) => date.zone.offset(moment) * 60_000);
  // Twice when the clock is set back, and then the first; never when it is set forward over it.
  const shown = offsets.map((offset) => wall - offset).filter((moment) => clock(moment) === wall);
  if (shown.length > 0) return Math.min(...shown);
  let [before, after] = [wall - DAY, wall + DAY];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (clock(middle) < wall) before = middle;
    else after = middle;
  }
  return after;
}
