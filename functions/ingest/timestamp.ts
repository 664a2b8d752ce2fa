const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/**
 * The time of a fix in milliseconds since 1970, or null when it is none. Takes what phone trackers send: seconds or
 * milliseconds since 1970, as number or text; ISO 8601 with `Z`, `-03:00`, `-0300` or `-03`; `yyyy-MM-dd HH:mm:ss`.
 * Without a zone it is UTC, as in Traccar's OsmAndProtocolDecoder. Whether it is old or ahead is `judgeFix`'s question;
 * only what lies outside this century is no time at all.
 */
export function parseTimestamp(value: unknown): number | null {
  const ms =
    typeof value === 'number' ? fromNumber(value) : typeof value === 'string' ? fromText(value) : null;
  return ms !== null && ms >= EARLIEST && ms < LATEST ? ms : null;
}

/** Milliseconds have been twelve digits since 1973. Traccar parts them from seconds at 31 bits, which end in 2038. */
function fromNumber(value: number): number {
  return Math.round(value < 1e11 ? value * 1000 : value);
}

const ISO =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:Z|([+\- ]\d\d)(?::?(\d\d))?)?$/i;

function fromText(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d{1,13}(\.\d{1,9})?$/.test(trimmed)) return fromNumber(Number(trimmed));
  const match = ISO.exec(trimmed);
  if (match === null) return null;
  const [, day, minute, second = '00', fraction = '0', offsetHour = '+00', offsetMinute = '00'] = match;
  const local = Date.parse(`${day}T${minute}:${second}Z`);
  // An engine may roll over: the 30th of February would become the 2nd of March.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== `${day}T${minute}:${second}`)
    return null;
  // A `+` that came unescaped in a query string has become a space: only a minus is west.
  const offset = Math.abs(Number(offsetHour)) * 60 + Number(offsetMinute);
  if (offset > 14 * 60 || Number(offsetMinute) > 59) return null;
  const ms = local + Math.trunc(Number(`0.${fraction}`) * 1000);
  return offsetHour.startsWith('-') ? ms + offset * 60_000 : ms - offset * 60_000;
}
