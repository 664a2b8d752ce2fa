import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Environment, requireOffsite } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { mustRun } from '../tools.ts';

// Two minutes without a byte are a dead connection; each call ends, however the other side behaves.
const FLAGS = [
  '--config=/dev/null',
  '--log-level=ERROR',
  '--contimeout=30s',
  '--timeout=2m',
  '--retries=3',
  '--low-level-retries=5',
  '--s3-no-check-bucket',
];

type Told = Pick<Environment, 'BACKUP_OFFSITE' | 'rclone'>;

/**
 * Runs rclone, which speaks S3 and forty others, repeats what fails, and takes its credentials from RCLONE_… variables.
 * Throws a BackupError (failed) with its reason.
 */
export function rclone(env: Told, args: string[], signal: AbortSignal): Promise<string> {
  return mustRun('rclone', [...args, ...FLAGS], { env: env.rclone, signal });
}

/** The address of a file or folder off-site. */
export function remotePath(env: Told, path: string): string {
  const root = requireOffsite(env);
  if (path === '') return root;
  return root.endsWith(':') ? `${root}${path}` : `${root}/${path}`;
}

const Listing = z.array(z.object({ Path: z.string(), Size: z.number() }));

/** What lies off-site, by path, with its size in bytes; `folder` '' is all of it. Nothing where there is no folder yet. */
export async function listRemote(
  env: Told,
  folder: string,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const args = [
    'lsjson',
    '--recursive',
    '--files-only',
    '--no-modtime',
    '--no-mimetype',
    remotePath(env, folder),
  ];
  const said = await rclone(env, args, signal).catch((error: Error) => {
    if (/directory not found/.test(error.message)) return '[]';
    throw error;
  });
  const prefix = folder === '' ? '' : `${folder}/`;
  return new Map(Listing.parse(JSON.parse(said)).map(({ Path, Size }) => [prefix + Path, Size]));
}

/** Fetches files into `folder`, by their paths off-site, several at a time. */
export async function fetchFiles(
  env: Told,
  paths: string[],
  { folder, list, signal }: { folder: string; list: string; signal: AbortSignal },
): Promise<void> {
  writeFileSync(list, `${paths.join('\n')}\n`);
  await rclone(
    env,
    ['copy', '--no-traverse', `--files-from-raw=${list}`, remotePath(env, ''), folder],
    signal,
  );
  // What is not there is nothing to rclone.
  const missing = paths.find((path) => !existsSync(join(folder, path)));
  if (missing) throw new BackupError('failed', `${missing} did not come from off-site.`);
}
