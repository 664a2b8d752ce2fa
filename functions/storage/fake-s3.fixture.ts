import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** How it behaves: as a store, answering that status to all, or taking a request and never answering. */
export type Mood = 'well' | number | 'silent';

/** A small object store for tests, on a port of its own, which keeps to what S3 says of the four requests we make. */
export async function startFakeS3({ bucket = 'proofs', keyId = 'KEY', region = 'eu-test-1' } = {}) {
  const objects = new Map<string, { bytes: Buffer; type: string }>();
  const requests: string[] = [];
  const state: { mood: Mood } = { mood: 'well' };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // An AddressInfo, since it listens on a port.
  const { port } = server.address() as AddressInfo;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3.test');
    const bytes = await buffer(request);
    requests.push(`${method} ${pathname}`);
    const { mood } = state;
    if (mood === 'silent') return;
    if (typeof mood === 'number') return void response.writeHead(mood).end('<Error/>');
    const signed = `AWS4-HMAC-SHA256 Credential=${keyId}/\\d{8}/${region}/s3/aws4_request, SignedHeaders=`;
    if (!new RegExp(`^${signed}[^,]*host;[^,]*, Signature=[0-9a-f]{64}$`).test(headers.authorization ?? '')) {
      return void response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    }
    if (pathname === `/${bucket}` && method === 'GET') {
      const keys = [...objects.keys()].filter((key) => key.startsWith(searchParams.get('prefix') ?? ''));
      const listed = keys.slice(0, 1000).map((key) => `<Contents><Key>${key}</Key></Contents>`);
      return void response.end(`<ListBucketResult>${listed.join('')}</ListBucketResult>`);
    }
    if (!pathname.startsWith(`/${bucket}/`)) return void response.writeHead(404).end('<Error/>');
    const key = decodeURIComponent(pathname.slice(bucket.length + 2));
    if (method === 'PUT') {
      const hash = createHash('sha256').update(bytes).digest('hex');
      if (headers['x-amz-content-sha256'] !== hash) return void response.writeHead(400).end('<Error/>');
      objects.set(key, { bytes, type: headers['content-type'] ?? '' });
      return void response.end();
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    const found = objects.get(key);
    if (found === undefined) return void response.writeHead(404).end('<Error/>');
    response.writeHead(200, { 'Content-Type': found.type }).end(found.bytes);
  }

  return {
    options: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket,
      region,
      accessKeyId: keyId,
      secretAccessKey: 'SECRET',
      timeoutMs: 5000,
    },
    objects,
    requests,
    state,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type FakeS3 = Awaited<ReturnType<typeof startFakeS3>>;
