import { describe, expect, test } from 'vitest';
import { objectStoreOf, readEnvironment } from './environment.ts';

const key = { kty: 'OKP', crv: 'Ed25519', kid: 'k', x: 'x', d: 'PRIVATE' };
const GOOD = {
  PUBLIC_URL: 'https://shop.example/',
  REALTIME_INTERNAL_URL: 'http://127.0.0.1:31234',
  DATABASE_URL: 'postgres://owner:PASSWORD@127.0.0.1:5432/shop',
  DROPMATE_SECRET: 'A'.repeat(43),
  SIGNING_KEYS: JSON.stringify([key]),
};

describe('the environment', () => {
  test('needs few variables and has defaults for the rest', () => {
    expect(readEnvironment({ ...GOOD, METRICS_PORT: '', GEOCODER_URL: '', PATH: '/bin' })).toMatchObject({
      ...GOOD,
      PUBLIC_URL: 'https://shop.example',
      SIGNING_KEYS: [key],
      PORT: 8080,
      HOST: '0.0.0.0',
      DROPMATE_SIGNUP: 'first',
      LOG_LEVEL: 'info',
    });
  });

  test.each([
    ['PORT', '80x'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'shop.example'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['DATABASE_URL', undefined],
    ['DROPMATE_SECRET', 'TOO-SHORT'],
    ['SIGNING_KEYS', 'SECRET{'],
    ['SIGNING_KEYS', '[]'],
    ['SIGNING_KEYS', JSON.stringify([{ ...key, crv: 'P-256', d: 'SECRET' }])],
    ['TILE_URL', 'https://tiles.example/{z}/{x}.png?key=SECRET'],
    ['DROPMATE_SIGNUP', 'maybe'],
    ['LOG_LEVEL', 'loud'],
  ])('names %s when it is %j, in one line and without its value', (name, value) => {
    let message = '';
    try {
      readEnvironment({ ...GOOD, [name]: value });
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toMatch(new RegExp(`^The environment is not right\\. ${name}: .+\\.$`));
    expect(message).not.toMatch(/[:=]SECRET|TOO-SHORT|SECRET\{|PRIVATE|PASSWORD|\n/);
  });

  test('says whether it is Fly’s', () => {
    expect(readEnvironment(GOOD).FLY_APP_NAME).toBeUndefined();
    expect(readEnvironment({ ...GOOD, FLY_APP_NAME: 'shop' }).FLY_APP_NAME).toBe('shop');
  });

  test('has an object store, or none, but not half of one', () => {
    const store = {
      S3_ENDPOINT: 'https://s3.example/',
      S3_BUCKET: 'shop-proofs',
      S3_ACCESS_KEY_ID: 'KEY',
      S3_SECRET_ACCESS_KEY: 'SECRET',
    };
    expect(objectStoreOf(readEnvironment(GOOD))).toBeUndefined();
    expect(objectStoreOf(readEnvironment({ ...GOOD, S3_ENDPOINT: '', S3_BUCKET: '' }))).toBeUndefined();
    expect(objectStoreOf(readEnvironment({ ...GOOD, ...store }))).toEqual({
      endpoint: 'https://s3.example',
      bucket: 'shop-proofs',
      region: 'auto',
      accessKeyId: 'KEY',
      secretAccessKey: 'SECRET',
    });
    for (const name of Object.keys(store)) {
      expect(() => readEnvironment({ ...GOOD, ...store, [name]: '' })).toThrow(
        new RegExp(` ${name}: is needed`),
      );
    }
    expect(() => readEnvironment({ ...GOOD, ...store, S3_BUCKET: '../x' })).toThrow(/ S3_BUCKET: /);
  });

  test('names all that are wrong at once', () => {
    expect(() => readEnvironment({})).toThrow(
      /PUBLIC_URL.*REALTIME_INTERNAL_URL.*DATABASE_URL.*DROPMATE_SECRET.*SIGNING_KEYS/,
    );
  });
});
