import { expect, test } from 'vitest';
import { Config } from './config.ts';

const good = {
  PORT: '4000',
  FUNCTIONS_URL: 'http://127.0.0.1:4001',
  PUBLIC_URL: 'https://bakery.example',
  DROPMATE_SECRET: Buffer.alloc(32, 7).toString('base64url'),
};
const read = { ...good, PORT: 4000, HOST: '0.0.0.0', LOG_LEVEL: 'info' };

test('reads what is given and fills in the rest', () => {
  expect(Config.parse(good)).toEqual(read);
  expect(Config.parse({ ...good, METRICS_PORT: '9091' })).toEqual({ ...read, METRICS_PORT: 9091 });
});

test('an empty variable is one that is not set', () => {
  expect(Config.parse({ ...good, HOST: '', METRICS_PORT: '', LOG_LEVEL: '' })).toEqual(read);
  expect(Config.safeParse({ ...good, PORT: '' }).error?.issues.map(({ path }) => path)).toEqual([['PORT']]);
});
