import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('the embedded database brings the demo and open sign-up, on this machine only', () => {
  expect(readSettings({})).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    demo: true,
    signup: 'on',
    logLevel: 'info',
  });
});

test('a database of the operator brings neither, and is served to all', () => {
  expect(readSettings({ DATABASE_URL: 'postgres://owner@db/shop' })).toMatchObject({
    host: '0.0.0.0',
    demo: false,
    signup: 'first',
  });
});

test('what is set wins, and what is empty counts as not set', () => {
  const settings = readSettings({
    DROPMATE_DEMO: 'off',
    HOST: '::1',
    PORT: '',
    PUBLIC_URL: 'https://a.example/',
  });
  expect(settings).toMatchObject({ demo: false, host: '::1', port: 8080, publicUrl: 'https://a.example' });
});

test.each([
  [{ PORT: '70000' }, 'PORT'],
  [{ DATABASE_URL: 'mysql://db/shop' }, 'DATABASE_URL'],
  [{ SIGNING_KEYS: '[{"kid":"a"}]' }, 'SIGNING_KEYS'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
])('names the variable that is wrong: %o', (environment, name) => {
  expect(() => readSettings(environment)).toThrow(new RegExp(`^${name}\\b.* is not usable: `));
});
