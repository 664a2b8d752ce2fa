import { expect, test } from 'vitest';
import { parseCommand } from './command.ts';
import { libpqEnvironment, withDatabase } from './connection.ts';
import { readEnvironment } from './environment.ts';
import { runBackup } from './test-support.ts';

test.each([
  [[], { verb: 'help' }],
  [['restore', '--help'], { verb: 'help' }],
  [['backup', '--then-drill'], { verb: 'backup', thenDrill: true }],
  [['drill'], { verb: 'drill', which: 'latest', identity: undefined }],
  [
    ['restore', '--dump', 'x', '--replace'],
    { verb: 'restore', which: 'x', identity: undefined, database: undefined, replace: true, rehearse: false },
  ],
  [
    ['recover', '--into', '/x', '--to', '2026-11-22 10:00:00-03:00'],
    { verb: 'recover', into: '/x', to: new Date('2026-11-22T13:00:00Z') },
  ],
])('%j is understood', (args, command) => {
  expect(parseCommand(args)).toEqual(command);
});

test.each([
  [['bakcup'], 'There is no command bakcup'],
  [['backup', '--drill'], '--drill'],
  [['recover'], '--into'],
  [['recover', '--into', '/x', '--to', '2026-11-22T10:00:00'], 'a time with its zone'],
  [['wal-archive'], 'on or off'],
])('%j is refused with a reason', (args, reason) => {
  expect(() => parseCommand(args)).toThrow(reason);
});

const key = `age1${'q'.repeat(58)}`;

test('the environment is read, and each fault named without its value', () => {
  const read = readEnvironment({
    BACKUP_DIR: '/b',
    BACKUP_OFFSITE: 's3:bucket',
    AGE_RECIPIENTS: `${key}, ${key}`,
  });
  expect(read).toMatchObject({ AGE_RECIPIENTS: [key, key], LOG_LEVEL: 'info' });
  expect(() => readEnvironment({})).toThrow('BACKUP_DIR is missing');
  expect(() => readEnvironment({ BACKUP_DIR: '/b', BACKUP_OFFSITE: 's3:bucket' })).toThrow('AGE_RECIPIENTS');
  const secret = { BACKUP_DIR: '/b', AGE_RECIPIENTS: 'AGE-SECRET-KEY-1QQQQ' };
  expect(() => readEnvironment(secret)).toThrow('AGE_RECIPIENTS must be public age keys');
  const url = { BACKUP_DIR: '/b', DATABASE_URL: 'mysql://me:hunter2@db/x' };
  expect(() => readEnvironment(url)).toThrow(/^DATABASE_URL (?!.*hunter2)/);
});

test('the password goes to Postgres’ programs by their environment', () => {
  const url = 'postgres://me:p%40ss@[::1]:6432/my%20shop?sslmode=verify-full';
  expect(libpqEnvironment(url)).toMatchObject({
    PGHOST: '::1',
    PGPORT: '6432',
    PGUSER: 'me',
    PGPASSWORD: 'p@ss',
    PGDATABASE: 'my shop',
    PGSSLMODE: 'verify-full',
  });
  expect(libpqEnvironment(withDatabase(url, 'a/b'))).toMatchObject({ PGDATABASE: 'a/b' });
});

test('the program ends with 2 and one line when it is called wrongly', async () => {
  const wrong = await runBackup(['restroe'], { BACKUP_DIR: '/nowhere' });
  expect(wrong).toEqual({ code: 2, log: 'There is no command restroe; --help lists them\n' });
  expect((await runBackup(['--help'], {})).log).toContain('Exit codes: 0 done, 1 failed, 2 usage, 3 refused');
});
