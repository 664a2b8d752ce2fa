import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeS3, startFakeS3 } from './fake-s3.fixture.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';

let s3: FakeS3;
let store: ObjectStore;
beforeEach(async () => {
  s3 = await startFakeS3();
  store = createObjectStore(s3.options);
});
afterEach(() => s3.stop());

const bytes = new Uint8Array([1, 2, 3]);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const put = (key: string, target = store) => target.put(key, bytes, 'image/png', sha256);
const UNAVAILABLE = { code: 'unavailable', hints: { retryAfter: 5 } };

describe('the object store', () => {
  test('gives back what was put, until it is removed', async () => {
    await put('a/b/1');
    expect(s3.objects.get('a/b/1')).toMatchObject({ type: 'image/png' });
    expect(await store.get('a/b/1')).toEqual(bytes);
    await store.remove('a/b/1');
    expect(await store.get('a/b/1')).toBeUndefined();
    await store.remove('a/b/1');
  });

  test('removes a folder and nothing beside it, however many are in it', async () => {
    for (let i = 0; i < 1100; i++) s3.objects.set(`a/b/${i}`, { bytes: Buffer.from('x'), type: '' });
    await put('a/bc/1');
    await store.removeFolder('a/b/');
    expect([...s3.objects.keys()]).toEqual(['a/bc/1']);
  });

  test.each([301, 403, 500, 503])('is unavailable when it answers %i', async (status) => {
    s3.state.mood = status;
    await expect(put('a')).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.get('a')).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.remove('a')).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.removeFolder('a')).rejects.toMatchObject(UNAVAILABLE);
  });

  test('is unavailable when it does not answer in time', async () => {
    s3.state.mood = 'silent';
    const impatient = createObjectStore({ ...s3.options, timeoutMs: 50 });
    await expect(put('a', impatient)).rejects.toMatchObject(UNAVAILABLE);
    await expect(impatient.get('a')).rejects.toMatchObject(UNAVAILABLE);
  });

  test('is unavailable when nobody listens, the bucket is missing or the key is another’s', async () => {
    const elsewhere = [{ bucket: 'none' }, { accessKeyId: 'OTHER' }, { endpoint: 'http://127.0.0.1:9' }];
    for (const change of elsewhere) {
      const other = createObjectStore({ ...s3.options, ...change });
      await expect(put('a', other)).rejects.toMatchObject(UNAVAILABLE);
      await expect(other.removeFolder('a/')).rejects.toMatchObject(UNAVAILABLE);
    }
    expect(s3.objects.size).toBe(0);
  });

  test('says nothing of its secret when it fails', async () => {
    s3.state.mood = 500;
    const error: unknown = await put('a').catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error, ['message', 'cause', 'stack', 'hints'])).not.toContain('SECRET');
  });
});
