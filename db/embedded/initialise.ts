import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { run } from './command.ts';
import { EmbeddedPostgresError } from './error.ts';
import type { Place } from './place.ts';

export const SUPERUSER = 'dropmate';

/**
 * Makes a new cluster at `place`, unless there is one. Made beside and renamed: a start that is killed meanwhile leaves
 * no half cluster. `durable: false` skips the final sync to disk.
 */
export async function initialise(
  place: Place,
  options: { binaries: Binaries; account: Account | null; password: string; durable: boolean },
): Promise<void> {
  if (existsSync(place.cluster)) return;
  const partial = `${place.cluster}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  if (options.account) await chown(partial, options.account.uid, options.account.gid);

  const passwordFile = join(place.home, 'password');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (options.account) await chown(passwordFile, options.account.uid, options.account.gid);

  const outcome = await run(
    options.binaries.initdb,
    [
      `--pgdata=${partial}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(options.durable ? [] : ['--no-sync']),
    ],
    { cwd: place.home, account: options.account },
  );
  rmSync(passwordFile, { force: true });
  if (outcome.code !== 0) throw new EmbeddedPostgresError(`initdb failed: ${lastLine(outcome.output)}`);
  renameSync(partial, place.cluster);
}

/** The last line that says something: where Postgres' programs put their reason. */
export function lastLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /FATAL|error/i.test(line)) ?? lines.at(-1) ?? 'no output').trim();
}
