import { type ClientResponse, hc } from 'hono/client';
import type { Api } from '../functions/services.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export type { Credentials, Session } from './credentials.ts';
export { DropMateError, type Problem } from './error.ts';
export { openRoom, type RoomAddress } from './room.ts';
export type { Api, TransportOptions };

/** Every route by its path: `dropmate.v1.orders[':id'].$get({ param: { id } })`. */
export type DropMate = ReturnType<typeof hc<Api>>;

/** A client of a DropMate. Nothing is sent until it is asked for something; then it throws DropMateError. */
export function createClient(options: TransportOptions): DropMate {
  return hc<Api>(options.url.replace(/\/+$/, ''), { fetch: createTransport(options) });
}

/** The JSON of an answer: `const order = await read(dropmate.v1.orders.$post({ json }))`; undefined without a body. */
export async function read<T>(answer: Promise<ClientResponse<T>>): Promise<T> {
  const text = await (await answer).text();
  // The route says what it answers; what is not 2xx has been thrown.
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
