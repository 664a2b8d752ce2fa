import { AwsClient } from 'aws4fetch';
import { AppError } from '../../domain/errors.ts';

/** Any S3-compatible store. `endpoint` without a trailing slash; buckets are named in the path, which all of them know. */
export type ObjectStoreOptions = {
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** How long a request may take. */
  timeoutMs?: number;
};

/** Every method throws `unavailable` when the store cannot be reached, is too slow, or refuses. */
export type ObjectStore = {
  put: (key: string, bytes: Uint8Array<ArrayBuffer>, type: string, sha256: string) => Promise<void>;
  /** Undefined when there is no such object. */
  get: (key: string) => Promise<Uint8Array | undefined>;
  /** Also when there is none. */
  remove: (key: string) => Promise<void>;
  /** Removes all whose key begins so. */
  removeFolder: (prefix: string) => Promise<void>;
};

const TIMEOUT_MS = 10_000;
const MOST_ROUNDS = 10;

/** The API of S3, as far as it is the same everywhere: PutObject, GetObject, DeleteObject, ListObjectsV2. */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey, timeoutMs = TIMEOUT_MS } = options;
  // Who waits for the answer tries again by themselves.
  const aws = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });

  async function ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const request = await aws.sign(`${endpoint}/${bucket}${path}`, { ...init, method });
    // A redirect is the answer to a wrong region or endpoint: the file does not follow it.
    const response = await fetch(request, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok || response.status === 404) return response;
    await response.body?.cancel();
    throw new Error(`the object store answered ${response.status} to ${method}`);
  }

  const remove = async (key: string): Promise<void> => {
    const response = await ask('DELETE', `/${key}`);
    await response.body?.cancel();
  };

  return {
    put: (key, bytes, type, sha256) =>
      orUnavailable(async () => {
        const headers = { 'Content-Type': type, 'X-Amz-Content-Sha256': sha256 };
        const response = await ask('PUT', `/${key}`, { body: bytes, headers });
        await response.body?.cancel();
        if (response.status === 404) throw new Error('the object store has no such bucket');
      }),
    get: (key) =>
      orUnavailable(async () => {
        const response = await ask('GET', `/${key}`);
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
        await response.body?.cancel();
        return undefined;
      }),
    remove: (key) => orUnavailable(() => remove(key)),
    removeFolder: (prefix) =>
      orUnavailable(async () => {
        // What was removed is gone from the next list, so there is no page to go on from.
        for (let round = 0; round < MOST_ROUNDS; round++) {
          const query = new URLSearchParams({ 'list-type': '2', prefix, 'max-keys': '1000' });
          const response = await ask('GET', `?${query}`);
          if (!response.ok) throw new Error('the object store has no such bucket');
          const keys = keysOf(await response.text());
          if (keys.length === 0) return;
          for (const key of keys) await remove(key);
        }
        throw new Error('the object store goes on listing what was removed');
      }),
  };
}

/** Of ListObjectsV2's XML. Our own keys hold nothing that XML would write otherwise. */
const keysOf = (xml: string): string[] =>
  [...xml.matchAll(/<Key>([\w./-]+)<\/Key>/g)].map(([, key = '']) => key);

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('unavailable', 'Files cannot be reached just now.', { retryAfter: 5, cause });
  }
}
