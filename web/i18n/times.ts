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
  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: zone });
  const day = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: zone,
  });

  return {
    clock: (instant) => clock.format(Date.parse(instant)),
    day: (instant, now) => {
      const when = day.format(Date.parse(instant));
      return when === day.format(now) ? null : when;
    },
    range: ({ from, to }) => {
      const [start, end] = [Date.parse(from), Date.parse(to)];
      // Over midnight formatRange would write two whole dates.
      if (day.format(start) !== day.format(end)) return `${clock.format(start)} – ${clock.format(end)}`;
      return clock.formatRange(start, end);
    },
  };
}

function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
