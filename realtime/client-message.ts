import { ClientMessage, MAX_MESSAGE_BYTES, type RoomErrorCode } from '../domain/room-messages.ts';

export type Parsed =
  | { ok: true; message: ClientMessage }
  | { ok: false; code: Extract<RoomErrorCode, 'too_large' | 'bad_json' | 'unknown_type' | 'invalid'> };

const TYPES: ReadonlySet<unknown> = new Set(ClientMessage.options.map((option) => option.shape.type.value));

/** What a client sent, or why it is refused. Binary messages are none of ours. */
export function parseClientMessage(raw: unknown): Parsed {
  if (typeof raw !== 'string') return { ok: false, code: 'bad_json' };
  // A character is at most three bytes of UTF-8, so most messages need no counting.
  if (raw.length * 3 > MAX_MESSAGE_BYTES && new TextEncoder().encode(raw).length > MAX_MESSAGE_BYTES) {
    return { ok: false, code: 'too_large' };
  }
  const value = parseJson(raw);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, code: 'bad_json' };
  if (!('type' in value) || !TYPES.has(value.type)) return { ok: false, code: 'unknown_type' };
  const parsed = ClientMessage.safeParse(value);
  return parsed.success ? { ok: true, message: parsed.data } : { ok: false, code: 'invalid' };
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
