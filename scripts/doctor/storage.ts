import { createHash, randomUUID } from 'node:crypto';
import { createObjectStore, type ObjectStoreOptions } from '../../functions/storage/object-store.ts';
import { type Finding, fail, ok, reason } from './finding.ts';

const ADVICE =
  'Check S3_ENDPOINT, S3_REGION, S3_BUCKET and that the key may put, get, list and delete objects in it.';

/** Whether files of proofs can be put, read and removed: tried with one of our own. Undefined: they are in Postgres. */
export async function checkStorage(options: ObjectStoreOptions | undefined): Promise<Finding> {
  if (options === undefined) return ok('storage', 'files of proofs are in Postgres');
  const store = createObjectStore(options);
  const bytes = new Uint8Array(Buffer.from('dropmate doctor'));
  const folder = `doctor/${randomUUID()}/`;
  try {
    await store.put(`${folder}1`, bytes, 'text/plain', createHash('sha256').update(bytes).digest('hex'));
    const found = await store.get(`${folder}1`);
    await store.removeFolder(folder);
    if (found === undefined || Buffer.compare(found, bytes) !== 0) {
      return fail('storage', `bucket ${options.bucket} gives back something else than was put there`, ADVICE);
    }
    if ((await store.get(`${folder}1`)) !== undefined) {
      return fail('storage', `bucket ${options.bucket} does not list or delete`, ADVICE);
    }
    return ok('storage', `files of proofs are in bucket ${options.bucket}`);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return fail('storage', `bucket ${options.bucket}: ${reason(cause)}`, ADVICE);
  }
}
