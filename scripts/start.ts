import { join } from 'node:path';
import { EmbeddedPostgresError } from '../db/embedded/error.ts';
import { lockHolder, takeLock } from '../db/embedded/lock.ts';
import { openDataFolder } from '../db/embedded/place.ts';
import { findFreePort } from '../db/embedded/port.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded/start.ts';
import { migrate } from '../db/migrate.ts';
import { checkDatabase, checkPort, waitUntilReady } from './start/checks.ts';
import { type Child, keepRunning } from './start/child.ts';
import { ensureDemoMerchant } from './start/demo-merchant.ts';
import { StartError } from './start/error.ts';
import { type Addresses, chooseAddresses, environments } from './start/programs.ts';
import { loadSecrets, type Secrets, saveSecrets } from './start/secrets.ts';
import { readSettings, type Settings } from './start/settings.ts';
import { stopRequest } from './start/stop-request.ts';

// Everything on one machine: Postgres, migrations, then the programs beside this one, kept running until a signal.

/** What runs, in the order of its start; it is stopped in the order of `drain`. */
interface Running {
  postgres?: EmbeddedPostgres;
  watch?: NodeJS.Timeout;
  functions?: Child;
  realtime?: Child;
  worker?: Child;
  demo?: Child;
}

const running: Running = {};
const stop = stopRequest(forceEnd);
try {
  await start(readSettings(process.env), stop.signal);
  await stop.requested;
} catch (error) {
  if (!stop.signal.aborted) {
    process.exitCode = 1;
    const expected = error instanceof StartError || error instanceof EmbeddedPostgresError;
    console.error(expected ? error.message : error);
  }
}
if (stop.signal.aborted) console.log('DropMate is stopping.');
await drain();
process.exit();

async function start(settings: Settings, signal: AbortSignal): Promise<void> {
  const dataFolder = openDataFolder(settings.dataFolder);
  lockDataFolder(dataFolder);
  const port = settings.port === 0 ? await findFreePort() : settings.port;
  await checkPort(port, settings.host);
  if (settings.databaseUrl) await checkDatabase(settings.databaseUrl);

  const kept = await loadSecrets(dataFolder);
  const secret = settings.secret ?? kept.secret;
  const signingKeys = settings.signingKeys ?? kept.signingKeys;
  const databaseUrl = settings.databaseUrl ?? (await startPostgres(dataFolder));
  signal.throwIfAborted();
  await migrateDatabase(databaseUrl, secret);
  signal.throwIfAborted();

  const addresses = await chooseAddresses(settings, port);
  const login = await startPrograms(
    settings,
    addresses,
    { secret, signingKeys, demo: kept.demo, databaseUrl },
    signal,
  );
  if (login !== kept.demo) saveSecrets(dataFolder, { ...kept, demo: login });
  announce(addresses, settings.demo ? login : undefined);
}

function lockDataFolder(dataFolder: string): void {
  const path = join(dataFolder, 'dropmate.lock');
  if (takeLock(path)) return;
  throw new StartError(
    `DropMate already runs on the data folder ${dataFolder} (process ${lockHolder(path)}).`,
  );
}

async function startPostgres(dataFolder: string): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataFolder });
  running.postgres = postgres;
  if (postgres.adopted) console.log('Postgres was still running and is taken over.');
  let restarting = false;
  running.watch = setInterval(async () => {
    if (restarting || postgres.isAlive()) return;
    restarting = true;
    console.error('Postgres ended; it starts again.');
    await postgres.restart().catch((error: Error) => console.error(error.message));
    restarting = false;
  }, 500);
  return postgres.url;
}

async function migrateDatabase(databaseUrl: string, secret: string): Promise<void> {
  try {
    await migrate({ databaseUrl, secret });
  } catch (error) {
    throw new StartError(
      `The database could not be migrated: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function startPrograms(
  settings: Settings,
  addresses: Addresses,
  secrets: Secrets & { databaseUrl: string },
  signal: AbortSignal,
): Promise<Secrets['demo']> {
  const folder = import.meta.dirname;
  const env = environments(settings, addresses, secrets);
  const functions = keepRunning('functions', { folder, env: env.functions });
  running.functions = functions;
  const realtime = keepRunning('realtime', { folder, env: env.realtime });
  running.realtime = realtime;
  const worker = keepRunning('worker', { folder, env: env.worker });
  running.worker = worker;
  await waitUntilReady('functions', `${addresses.functions}/readyz`, functions, signal);
  await waitUntilReady('realtime', `${addresses.realtime}/readyz`, realtime, signal);
  await waitUntilReady('worker', `${addresses.worker}/readyz`, worker, signal);
  if (!settings.demo) return secrets.demo;

  const login = await ensureDemoMerchant(addresses.functions, secrets.demo);
  const { demo: demoEnv } = environments(settings, addresses, { ...secrets, demo: login });
  const demo = keepRunning('demo', { folder, env: demoEnv });
  running.demo = demo;
  await waitUntilReady('demo', `${addresses.demo}/healthz`, demo, signal);
  return login;
}

function announce(addresses: Addresses, login: Secrets['demo'] | undefined): void {
  const rows: [string, string][] = [
    ['Start page', `${addresses.publicUrl}/`],
    ['API', `${addresses.publicUrl}/docs`],
  ];
  if (login) rows.push(['Demo manager', `${login.email}  password ${login.password}`]);
  for (const [what, where] of rows) console.log(`  ${what.padEnd(14)} ${where}`);
  console.log('DropMate is ready');
}

// Whoever makes requests goes before whoever answers them: the rooms, as they close, store their last trails through
// the functions. A tracker's fix meanwhile gets 503 and is sent again. The database goes last.
async function drain(): Promise<void> {
  await running.demo?.stop();
  await running.realtime?.stop();
  await running.functions?.stop();
  await running.worker?.stop();
  clearInterval(running.watch);
  await running.postgres?.stop();
}

// An immediate stop loses nothing that was committed: the next start replays the log.
function forceEnd(): never {
  for (const name of ['demo', 'functions', 'worker', 'realtime'] as const) running[name]?.kill();
  if (running.postgres?.isAlive()) process.kill(running.postgres.pid, 'SIGQUIT');
  process.exit(130);
}
