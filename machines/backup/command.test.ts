import { expect, test } from 'vitest';
import { parseCommand } from './command.ts';
import { libpqEnvironment, withDatabase } from './connection.ts';
import { readEnvironment, requireRecipients } from './environment.ts';
import { runBackup, startBackup } from './test-support.ts';

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
    {
      verb: 'recover',
      into: '/x',
      to: new Date('2026-11-22T13:00:00Z'),
      offsite: false,
      identity: undefined,
    },
  ],
  [['wal-drill', '--offsite', '--identity', 'k'], { verb: 'wal-drill', offsite: true, identity: 'k' }],
  [['verify', '--offsite', 'x'], { verb: 'verify', name: 'x', offsite: true }],
  [['list', '--offsite'], { verb: 'list', json: false, offsite: true }],
])('%j is understood', (args, command) => {
  expect(parseCommand(args)).toEqual(command);
});

test.each([
  [['bakcup'], 'There is no command bakcup'],
  [['backup', '--drill'], '--drill'],
  [['recover'], '--into'],
  [['recover', '--into', '/x', '--to', '2026-11-22T10:00:00'], 'a time with its zone'],
  [['wal-archive'], 'on or off'],
  [['recover', '--into', '/x', '--offsite'], '--identity'],
  [['verify', 'x', 'y'], 'one name'],
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
  // Whoever restores from off-site needs no public key; whoever sends does, before anything is done.
  const sends = readEnvironment({ BACKUP_DIR: '/b', BACKUP_OFFSITE: 's3:bucket/' });
  expect(() => requireRecipients(sends)).toThrow('AGE_RECIPIENTS');
  expect(() => requireRecipients(read)).not.toThrow();
  const told = { BACKUP_DIR: '/b', BACKUP_OFFSITE: ':s3,secret_access_key=hunter2:bucket' };
  expect(() => readEnvironment(told)).toThrow(/^BACKUP_OFFSITE must hold no credentials(?!.*hunter2)/);
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
  const wrong = startBackup(['restroe'], { BACKUP_DIR: '/nowhere' });
  expect(await wrong.ended).toBe(2);
  expect(wrong.log()).toBe('There is no command restroe; --help lists them\n');
  expect((await runBackup(['--help'], {})).log).toContain('Exit codes: 0 done, 1 failed, 2 usage, 3 refused');
});
