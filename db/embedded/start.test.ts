import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres, stopLeftover } from './start.ts';

// Disks under load take their time; no test here is about speed.
vi.setConfig({ testTimeout: 180_000 });

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await stopLeftover(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-test-'));
  folders.push(folder);
  return folder;
}

async function query<T extends object>(server: EmbeddedPostgres, text: string): Promise<T[]> {
  const sql = postgres(server.url, { max: 1 });
  try {
    return await sql.unsafe<T[]>(text);
  } finally {
    await sql.end();
  }
}

test('a new data folder gets a Postgres 18 on loopback, with a password that only its owner can read', async () => {
  const folder = newFolder();
  const server = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  try {
    expect(server.adopted).toBe(false);
    const [settings] = await query<Record<string, string>>(
      server,
      `SELECT current_setting('server_version') AS version, current_setting('listen_addresses') AS addresses,
              current_setting('password_encryption') AS encryption, current_database() AS database,
              (SELECT datlocale FROM pg_database WHERE datname = current_database()) AS locale`,
    );
    expect(settings).toMatchObject({
      version: expect.stringMatching(/^18\./),
      addresses: '127.0.0.1',
      encryption: 'scram-sha-256',
      database: 'dropmate',
      locale: 'C.UTF-8',
    });
    expect(statSync(join(folder, 'postgres.json')).mode & 0o777).toBe(0o600);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    const stranger = postgres(wrong.href, { max: 1 });
    await expect(stranger`SELECT 1`).rejects.toMatchObject({ code: '28P01' });
    await stranger.end();
  } finally {
    await server.stop();
  }
});

test('data and port survive a stop and a start, and a kill -9 of the server', async () => {
  const folder = newFolder();
  const first = await startEmbeddedPostgres({ dataFolder: folder });
  await query(first, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)');
  await first.stop();
  expect(first.isAlive()).toBe(false);

  const second = await startEmbeddedPostgres({ dataFolder: folder });
  expect(second.adopted).toBe(false);
  expect(second.url).toBe(first.url);
  await query(second, 'INSERT INTO kept VALUES (2)');
  process.kill(second.pid, 'SIGKILL');
  await expect.poll(() => second.isAlive(), { timeout: 60_000 }).toBe(false);

  await second.restart();
  expect(await query(second, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  await second.stop();
});

test('a second start on a data folder that is in use is refused, and told by whom it is used', async () => {
  const folder = newFolder();
  const server = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  await expect(startEmbeddedPostgres({ dataFolder: folder })).rejects.toThrow(
    `The data folder ${realpathSync(folder)} is in use by process ${process.pid}.`,
  );
  await server.stop();
  const again = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  await again.stop();
});

test('the server of a start that was killed is taken over as it is', async () => {
  const folder = newFolder();
  const killed = await startInAnotherProcess(folder);
  await expect(startEmbeddedPostgres({ dataFolder: folder })).rejects.toThrow('is in use by process');
  killed.process.kill('SIGKILL');
  await once(killed.process, 'exit');

  const server = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  try {
    expect(server).toMatchObject({ adopted: true, url: killed.url, pid: killed.pid });
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await server.stop();
  }
});

test('a data folder that the user of Postgres cannot come to still works: root gets a link to one that it can', async () => {
  const closed = newFolder();
  const folder = join(closed, 'data');
  const server = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  const home = realpathSync(join(folder, 'postgres'));
  try {
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(lstatSync(join(folder, 'postgres')).isSymbolicLink()).toBe(process.getuid?.() === 0);
  } finally {
    await server.stop('immediate');
    rmSync(home, { recursive: true, force: true });
  }
});

async function startInAnotherProcess(folder: string) {
  const program = `
    const { startEmbeddedPostgres } = await import(process.argv[1]);
    const { url, pid } = await startEmbeddedPostgres({ dataFolder: process.argv[2], durable: false });
    console.log(JSON.stringify({ url, pid }));
    setInterval(() => {}, 1000);`;
  const module = new URL('./start.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, module, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const { url, pid }: { url: string; pid: number } = JSON.parse(String(line));
  return { process: child, url, pid };
}
