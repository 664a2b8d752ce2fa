import type { TimeRange } from '../../domain/orders.ts';

/** How times are written for one reader. `now` is milliseconds since 1970; instants are ISO 8601. */
export type Times = {
  /** `12:10`. */
  clock: (instant: string) => string;
  /** `Sat, Nov 21`, or null when that is today. */
  day: (instant: string, now: number) => string | null;
  /** `12:10 – 12:20`, without its day. A range within one minute is one time. */
  range: (range: TimeRange) => string;
};

/** `timeZone` is an IANA name; an unknown one reads as UTC, since a page must never fail for it. */
export function timesFor(locale: string, timeZone: string): Times {
  const zone = knownZone(timeZone);
  const clock = clockFormat(locale, zone);
  const day = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: zone,
  });

  return {
    clock: (instant) => unbroken(clock.format(Date.parse(instant))),
    day: (instant, now) => {
      const when = day.format(Date.parse(instant));
      return when === day.format(now) ? null : when;
    },
    range: ({ from, to }) => {
      const [start, end] = [Date.parse(from), Date.parse(to)];
      // Over midnight formatRange would write two whole dates.
      if (day.format(start) !== day.format(end)) {
        return unbroken(`${clock.format(start)} – ${clock.format(end)}`);
      }
      return unbroken(clock.formatRange(start, end));
    },
  };
}

/** One line's worth, and one kind of space: browsers and Node do not agree on theirs. */
const unbroken = (text: string): string => text.replace(/\s+/g, '\u00a0');

/** `9:05 AM`, but `09:05`: a clock of 24 hours always has two digits. */
function clockFormat(locale: string, timeZone: string): Intl.DateTimeFormat {
  const format = (hour: 'numeric' | '2-digit') =>
    new Intl.DateTimeFormat(locale, { hour, minute: '2-digit', timeZone });
  const short = format('numeric');
  return short.resolvedOptions().hour12 ? short : format('2-digit');
}

function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
