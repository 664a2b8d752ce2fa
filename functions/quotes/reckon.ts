import { DateTime } from 'luxon';
import { AppError } from '../../domain/errors.ts';
import { estimateQuote } from '../../domain/eta.ts';
import type { Location } from '../../domain/geo.ts';
import type { TimeRange, TimeWindow } from '../../domain/orders.ts';
import type { ZoneRow } from '../zones/zone.ts';
import { chooseZone } from './choose-zone.ts';

export type Asked = {
  dropoff: Location;
  /** Metres from the pickup. */
  distance: number;
  readyAt: string | undefined;
  /** Of the dropoff. */
  window: TimeWindow | undefined;
  /** Milliseconds since 1970. */
  now: number;
};

export type Reckoned = {
  zone: { id: string; name: string } | null;
  fee: number;
  eta: { pickup: TimeRange; dropoff: TimeRange };
};

/**
 * The price and the promise of a delivery. Null zones: the merchant has none, and delivers anywhere, at no fee, at any
 * hour. Throws `unprocessable` outside of them, while they are closed, and for a window that nobody can keep.
 */
export function reckon(
  merchant: { timezone: string; preparationMinutes: number },
  zones: readonly ZoneRow[] | null,
  { dropoff, distance, readyAt, window, now }: Asked,
): Reckoned {
  const { timezone, preparationMinutes } = merchant;
  const ready = readyAt === undefined ? now + preparationMinutes * 60_000 : Date.parse(readyAt);
  const from = Math.max(now, Date.parse(window?.from ?? readyAt ?? '') || now);
  const when = { from, to: window ? Date.parse(window.to) : from };
  const chosen =
    zones === null
      ? ({ outcome: 'anywhere' } as const)
      : chooseZone(zones, { dropoff, metres: distance, when, timezone });
  const path = window ? 'window' : readyAt ? 'readyAt' : 'dropoff';
  if (chosen.outcome === 'outside') throw outside();
  if (chosen.outcome === 'closed') throw closed(path, chosen.opensAt, timezone);
  const opensAt = chosen.outcome === 'open' ? chosen.opensAt : from;
  const eta = estimateQuote({ metres: distance, readyAt: ready, notBefore: opensAt, window, now });
  if ('tooSoon' in eta) throw tooSoon(eta.tooSoon, timezone);
  if (chosen.outcome === 'anywhere') return { zone: null, fee: 0, eta };
  const { id, name } = chosen.zone;
  return { zone: { id, name }, fee: chosen.fee, eta };
}

const refusal = (path: string, message: string, extra: { reason: string; [more: string]: unknown }) =>
  new AppError('unprocessable', `The delivery cannot be made: ${path} ${message}.`, {
    errors: [{ path, message }],
    extra,
  });

const outside = () => refusal('dropoff', 'lies outside of all zones', { reason: 'outside_zones' });

function closed(path: string, opensAt: number | null, timezone: string) {
  const opens = opensAt === null ? 'does not open' : `opens next at ${local(opensAt, timezone)}`;
  const when = path === 'dropoff' ? 'lies where it is closed now' : 'is outside of the opening hours';
  const at = opensAt === null ? null : new Date(opensAt).toISOString();
  return refusal(path, `${when}; it ${opens}`, { reason: 'closed', opensAt: at });
}

const tooSoon = (earliest: number, timezone: string) =>
  refusal('window', `ends too soon; the earliest arrival is ${local(earliest, timezone)}`, {
    reason: 'too_soon',
    earliest: new Date(earliest).toISOString(),
  });

/** As the clock at the merchant's shows it, with its offset. */
const local = (moment: number, timezone: string): string =>
  DateTime.fromMillis(moment, { zone: timezone }).toFormat("yyyy-MM-dd'T'HH:mmZZ");
