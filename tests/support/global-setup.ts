import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, startEmbeddedPostgres, stopLeftover } from '../../db/embedded/start.ts';
import { migrate } from '../../db/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { adminUrl: string; template: string; secret: string };
  }
}

const PREFIX = 'dropmate-test-';
const TEMPLATE = 'dropmate_template';

/**
 * Starts the one Postgres of a test run, without durability, and migrates a database in it for createTestDatabase to
 * clone. Vitest calls it, and what it returns when all tests are done.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  const server = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  const end = endWithThisProcess(server, folder);

  const secret = randomBytes(32).toString('base64url');
  await makeTemplate(server.url, secret);
  project.provide('postgres', { adminUrl: server.url, template: TEMPLATE, secret });
  return end;
}

async function makeTemplate(adminUrl: string, secret: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(`CREATE DATABASE ${TEMPLATE}`);
  await sql.end();
  const url = new URL(adminUrl);
  url.pathname = `/${TEMPLATE}`;
  await migrate({ databaseUrl: url.href, secret });
}

// The server is detached: a run that is interrupted must take it along, and one that is killed leaves it to the next run.
function endWithThisProcess(server: EmbeddedPostgres, folder: string): () => Promise<void> {
  const atExit = () => {
    process.kill(server.pid, 'SIGQUIT');
    removeFolder(folder);
  };
  process.once('exit', atExit);
  return async () => {
    process.off('exit', atExit);
    await server.stop('immediate');
    removeFolder(folder);
  };
}

// Young folders are left alone: another run may have made one and not locked it yet.
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const found = statSync(folder, { throwIfNoEntry: false });
    if (!found || Date.now() - found.ctimeMs < 60_000) continue;
    try {
      if (await stopLeftover(folder)) removeFolder(folder);
    } catch {
      // Another user's, or half removed by another run: not ours to fail for.
    }
  }
}

// Its `postgres` may be a link to where root's server had to go.
function removeFolder(folder: string): void {
  try {
    rmSync(realpathSync(join(folder, 'postgres')), { recursive: true, force: true });
  } catch {
    // There was none yet.
  }
  rmSync(folder, { recursive: true, force: true });
}
