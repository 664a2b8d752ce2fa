import { expect, test } from 'vitest';
import { type FakeS3, startFakeS3 } from '../../functions/storage/fake-s3.fixture.ts';
import { checkStorage } from './storage.ts';

async function withStore(work: (s3: FakeS3) => Promise<void>): Promise<void> {
  const s3 = await startFakeS3();
  try {
    await work(s3);
  } finally {
    await s3.stop();
  }
}

test('without an object store files are in Postgres, and that is well', async () => {
  expect(await checkStorage(undefined)).toMatchObject({ name: 'storage', state: 'ok' });
});

test('an object store that works is well, and nothing is left in it', async () => {
  await withStore(async (s3) => {
    expect(await checkStorage(s3.options)).toMatchObject({
      state: 'ok',
      says: expect.stringContaining('proofs'),
    });
    expect(s3.objects.size).toBe(0);
    expect(s3.requests.length).toBeGreaterThan(3);
  });
});

test('one that refuses, has no such bucket or is not there is found, and no secret is told', async () => {
  await withStore(async (s3) => {
    s3.state.mood = 403;
    const refused = await checkStorage(s3.options);
    expect(refused).toMatchObject({
      state: 'fail',
      says: expect.stringContaining('403'),
      todo: expect.any(String),
    });
    s3.state.mood = 'well';
    expect(await checkStorage({ ...s3.options, bucket: 'none' })).toMatchObject({ state: 'fail' });
    expect(await checkStorage({ ...s3.options, endpoint: 'http://127.0.0.1:9' })).toMatchObject({
      state: 'fail',
    });
    expect(JSON.stringify(refused)).not.toContain('SECRET');
  });
});
