import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PgBoss } from 'pg-boss';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { openDeadLetters } from './dead-letters.ts';

vi.setConfig({ testTimeout: 60_000 });

let database: TestDatabase;
let owner: postgres.Sql;
let boss: PgBoss;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  const connectionString = roleUrl(database.ownerUrl, SYSTEM_ROLE, database.secret);
  boss = new PgBoss({ connectionString, schema: 'pgboss', createSchema: false, supervise: false });
  await boss.start();
});
afterAll(async () => {
  await boss.stop({ graceful: false });
  await owner.end();
  await database.drop();
});

const access = () => ({ databaseUrl: database.ownerUrl, secret: database.secret });
const entity = uuidv7();
const fact = { topic: 'order', entityId: entity, payload: { contact: { name: 'Ana Souza' } } };

/** Queues of the test's own: one that works, and the one that its dead letters go to. */
async function addQueues(): Promise<{ source: string; dead: string }> {
  const source = `q${uuidv7().slice(-12)}`;
  const dead = `${source}_dead`;
  await boss.createQueue(dead);
  await boss.createQueue(source, { deadLetter: dead, retryLimit: 0 });
  return { source, dead };
}

/** A job that ends as a dead letter with this output. */
async function addDead(queue: string, output: object): Promise<void> {
  await boss.send(queue, fact);
  const [job] = await boss.fetch(queue);
  await boss.fail(queue, job?.id ?? '', output);
}

async function withDeadLetters<T>(work: (dead: Awaited<ReturnType<typeof openDeadLetters>>) => Promise<T>) {
  const dead = await openDeadLetters(access());
  try {
    return await work(dead);
  } finally {
    await dead.close();
  }
}

const command = (...args: string[]) => {
  const program = fileURLToPath(new URL('../../scripts/dead-letters.ts', import.meta.url));
  const env = { ...process.env, DATABASE_URL: database.ownerUrl, DROPMATE_SECRET: database.secret };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

test('a dead letter is listed by its queue, age and reason, and nothing of what it holds', async () => {
  const { source, dead } = await addQueues();
  await addDead(source, { reason: 'the room answered 422' });
  const { letters, total } = await withDeadLetters(({ list }) => list(dead));
  expect({ letters, total }).toEqual({
    total: 1,
    letters: [
      {
        id: expect.any(String),
        queue: dead,
        source,
        seconds: expect.any(Number),
        about: `order ${entity}`,
        why: 'the room answered 422',
      },
    ],
  });
  expect(JSON.stringify(letters)).not.toContain('Ana');
});

test('an error that quotes whom it was about is told by its class only', async () => {
  const { source, dead } = await addQueues();
  await addDead(source, { name: 'TypeError', message: 'no such mailbox: ana@example.com' });
  await addDead(source, { reason: 'ana@example.com is unknown', name: 'MailError', code: 'EENVELOPE' });
  await addDead(source, { reason: '+59899123456 is no number' });
  const { letters } = await withDeadLetters(({ list }) => list(dead));
  expect(letters.map(({ why }) => why)).toEqual(['TypeError', 'MailError EENVELOPE', 'unknown']);
});

test('dead letters go back to where they came from, with what they hold', async () => {
  const { source, dead } = await addQueues();
  for (let i = 0; i < 3; i++) await addDead(source, { reason: 'the room answered 422' });
  await withDeadLetters(async ({ redrive, list }) => {
    expect(await redrive(dead, { dryRun: true })).toBe(3);
    expect((await list(dead)).total).toBe(3);
    expect(await redrive(dead, { dryRun: false })).toBe(3);
    expect((await list(dead)).total).toBe(0);
    expect(await redrive(dead, { dryRun: false })).toBe(0);
  });
  const back = await boss.fetch(source, { batchSize: 10 });
  expect(back.map(({ data }) => data)).toEqual([fact, fact, fact]);
});

test('of a queue that several share, those of one origin can go back alone', async () => {
  const { source, dead } = await addQueues();
  const other = `${source}_other`;
  await boss.createQueue(other, { deadLetter: dead, retryLimit: 0 });
  await addDead(source, { reason: 'refused' });
  await addDead(other, { reason: 'refused' });
  await withDeadLetters(async ({ redrive, list }) => {
    expect(await redrive(other, { dryRun: false })).toBe(1);
    expect((await list(dead)).letters.map((letter) => letter.source)).toEqual([source]);
  });
});

test('what came from nowhere known stays, and is neither counted nor lost', async () => {
  const { source, dead } = await addQueues();
  await boss.send(dead, fact);
  await addDead(source, { reason: 'refused' });
  await withDeadLetters(async ({ redrive, list }) => {
    expect(await redrive(dead, { dryRun: true })).toBe(1);
    expect(await redrive(dead, { dryRun: false })).toBe(1);
    expect((await list(dead)).letters).toMatchObject([{ source: null, why: 'unknown' }]);
  });
});

test('a queue that there is not is refused by a line that names those there are', async () => {
  const { dead } = await addQueues();
  const named = withDeadLetters(({ list }) => list('nonsense'));
  await expect(named).rejects.toThrow(dead);
});

test('the command lists and puts back, and says what it does not understand', async () => {
  const { source, dead } = await addQueues();
  await addDead(source, { reason: 'the room answered 422' });
  const listed = command('list', dead);
  expect(listed).toMatchObject({ status: 0, stderr: '' });
  expect(listed.stdout).toMatch(
    new RegExp(
      `^[0-9a-f-]{36}  ${dead}  from ${source}  \\d+ s  the room answered 422  order ${entity}\nDead letters: 1.\n$`,
    ),
  );
  expect(command('redrive', dead, '--dry-run').stdout).toBe('1 would be put back.\n');
  expect(command('redrive', dead).stdout).toBe('1 are put back.\n');
  expect(command('list', dead).stdout).toBe('Dead letters: 0.\n');
  expect(command('delete')).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage') });
  expect(command('list', '--nonsense').status).toBe(2);
  expect(command('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage') });
  expect(command('list', 'nonsense')).toMatchObject({ status: 1, stderr: expect.stringContaining(dead) });
  expect((await owner`select from pgboss.job where name = ${source} and state = 'created'`).length).toBe(1);
});
