import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { run } from './command.ts';
import { EmbeddedPostgresError } from './error.ts';
import { lastLine } from './initialise.ts';
import type { Place } from './place.ts';
import { findFreePort } from './port.ts';
import { disownPidFile, findPostmaster, type Postmaster } from './postmaster.ts';

/** What it takes to run a cluster's server. */
export interface Installation {
  place: Place;
  binaries: Binaries;
  account: Account | null;
  durable: boolean;
}

/** How many times a start is tried again while ports collide or killed backends are still ending. */
const MAX_TRIES = 40;
const MAX_LOG_BYTES = 20 * 1024 * 1024;

/**
 * Starts the server of a cluster, after a crash too, and waits until it takes connections. `wanted` is the port to use
 * if it is free; `fixed`: that port or none, since others know it already.
 */
export async function startServer(
  installation: Installation,
  options: { wanted: number | undefined; fixed: boolean },
): Promise<Postmaster> {
  const { place, binaries, account } = installation;
  turnLog(place.log);
  let reason = '';
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    disownPidFile(place.cluster);
    const port = options.fixed && options.wanted ? options.wanted : await findFreePort(options.wanted);
    const from = size(place.log);
    const settings = settingsOf(port, installation.durable).map((setting) => `-c ${setting}`);
    const args = [
      'start',
      '-D',
      place.cluster,
      '-l',
      place.log,
      '-w',
      '-t',
      '600',
      '-s',
      '-o',
      settings.join(' '),
    ];
    const outcome = await run(binaries.pgCtl, args, { cwd: place.home, account });
    const running = findPostmaster(place.cluster);
    if (outcome.code === 0 && running) return running;
    reason = readFrom(place.log, from) || outcome.output;
    if (!/Address already in use|could not bind|still in use|is being used/i.test(reason)) break;
    await delay(500);
  }
  throw new EmbeddedPostgresError(
    `The embedded Postgres did not start: ${lastLine(reason)} (see ${place.log})`,
  );
}

/** Stops the server of a cluster if one runs. `fast` ends sessions and checkpoints; `immediate` is for what is thrown away. */
export async function stopServer(
  installation: Pick<Installation, 'place' | 'binaries' | 'account'>,
  mode: 'fast' | 'immediate',
): Promise<void> {
  const { place, binaries, account } = installation;
  if (!findPostmaster(place.cluster)) return;
  const args = ['stop', '-D', place.cluster, '-m', mode, '-w', '-t', '120', '-s'];
  const outcome = await run(binaries.pgCtl, args, { cwd: place.home, account });
  if (outcome.code !== 0 && findPostmaster(place.cluster)) {
    throw new EmbeddedPostgresError(`The embedded Postgres did not stop: ${lastLine(outcome.output)}`);
  }
}

/** Waits until a server that is starting or recovering takes connections; undefined when it ended instead. */
export async function waitUntilReady(cluster: string): Promise<Postmaster | undefined> {
  for (;;) {
    const running = findPostmaster(cluster);
    if (!running || running.ready) return running;
    await delay(50);
  }
}

// Given at each start rather than written into the cluster, so that a newer release may change them.
function settingsOf(port: number, durable: boolean): string[] {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=128MB',
    'random_page_cost=1.1',
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_checkpoints=off',
  ];
  return durable ? settings : [...settings, 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
}

function turnLog(log: string): void {
  if (size(log) > MAX_LOG_BYTES) renameSync(log, `${log}.1`);
}

function size(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(path: string, offset: number): string {
  if (!existsSync(path)) return '';
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    readSync(file, buffer, 0, buffer.length, offset);
    return buffer.toString();
  } finally {
    closeSync(file);
  }
}
