import { expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';

const good = {
  DATABASE_URL: 'postgres://owner:secret@127.0.0.1:5432/dropmate',
  DROPMATE_SECRET: Buffer.alloc(32, 7).toString('base64url'),
  REALTIME_INTERNAL_URL: 'http://127.0.0.1:4000',
  PUBLIC_URL: 'https://bakery.example/',
};

const RETENTION = {
  RETENTION_TRAILS_DAYS: 90,
  RETENTION_MESSAGES_DAYS: 30,
  RETENTION_NOTIFICATIONS_DAYS: 90,
  RETENTION_WEBHOOKS_DAYS: 30,
  RETENTION_AUDIT_DAYS: 730,
};

test('reads what is given and fills in the rest', () => {
  expect(readEnvironment({ ...good, METRICS_PORT: '9091' })).toEqual({
    ...good,
    ...RETENTION,
    PUBLIC_URL: 'https://bakery.example',
    HOST: '0.0.0.0',
    METRICS_PORT: 9091,
    LOG_LEVEL: 'info',
  });
});

test('names each variable at fault, in one line and without its value', () => {
  const faulty = { ...good, DATABASE_URL: undefined, DROPMATE_SECRET: 'c2VjcmV0', METRICS_PORT: 'many' };
  const read = () => readEnvironment(faulty);
  expect(read).toThrow(/^[^\n]*DATABASE_URL is missing[^\n]*$/);
  expect(read).toThrow('DROPMATE_SECRET: must be 32 bytes in base64url');
  expect(read).toThrow('METRICS_PORT');
  expect(read).not.toThrow('c2VjcmV0');
});

test('an empty variable is one that is not set', () => {
  expect(readEnvironment({ ...good, HOST: '', METRICS_PORT: '', PORT: '', LOG_LEVEL: '' })).toEqual({
    ...good,
    ...RETENTION,
    PUBLIC_URL: 'https://bakery.example',
    HOST: '0.0.0.0',
    LOG_LEVEL: 'info',
  });
  expect(() => readEnvironment({ ...good, DROPMATE_SECRET: '' })).toThrow(/^DROPMATE_SECRET is missing$/);
});
