import { isStorable } from '../../domain/text.ts';

/** A number, or text that is wholly one; `''`, `null`, `true` and `0x1f` are not, as they would be to Number(). */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim()))
    return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Speed in m/s to the centimetre, given its factor to m/s. Negative stays negative: unknown. */
export function toSpeed(value: unknown, factor = 1): number | undefined {
  const number = toNumber(value);
  return number === undefined ? undefined : Math.round(number * factor * 100) / 100;
}

/** Battery 0 to 1 from percent. Negative stays negative: unknown. */
export function fromPercent(value: unknown): number | undefined {
  const number = toNumber(value);
  return number === undefined ? undefined : Math.round(number) / 100;
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a property holds when it is an object; an empty one otherwise, so that its values are all unknown. */
export function inner(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** JSON, or undefined: a tracker's body may be anything. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Text to show a person, if it is some and a database can hold it. */
export function toText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().slice(0, 100);
  return text === '' || !isStorable(text) ? undefined : text;
}

/** A device's id, which JSON may hold as number. Not String(): an object with a `toString` of its own would throw. */
export function toId(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}
