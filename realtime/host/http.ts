import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../domain/errors.ts';

/** A thousand fixes of a tracker are about 200 kB; an order with its items a few. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Node's request as the standard one. The body is read whole first. Throws `invalid` and `too_large`. */
export async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const method = incoming.method ?? 'GET';
  const url = URL.parse(`http://rooms${incoming.url ?? '/'}`);
  if (url === null) throw new AppError('invalid', 'The address is not valid.');
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: await readBody(incoming) });
}

export async function writeResponse(outgoing: ServerResponse, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    'content-length': body.length,
  });
  outgoing.end(body);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  // What follows an oversized body is not read: the connection ends with the answer.
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new AppError('too_large', 'The body is too large.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
