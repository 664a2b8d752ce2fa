import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

// A database that nobody refers to is closed by the garbage collector, and its lock is gone.
const held = new Set<DatabaseSync>();

/** Held until `release()` or the end of this process, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock file at `path` (its folder must exist). Null when another process, or this one, holds it.
 *
 * Node has no flock, and a file with a pid in it goes stale and lies once the pid is given out again. SQLite's lock
 * is one of the operating system (fcntl, LockFileEx): it goes with its process, even by kill -9, and holds between containers.
 */
export function takeLock(path: string): Lock | null {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = memory; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  writeFileSync(holderPath(path), String(process.pid));
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

/** The pid of the process that took the lock at `path` last, for a message; it may be long gone. */
export function lockHolder(path: string): string {
  try {
    return readFileSync(holderPath(path), 'utf8');
  } catch {
    return 'unknown';
  }
}

// A locked SQLite file cannot be read by others, so the holder is named beside it.
function holderPath(path: string): string {
  return `${path}.pid`;
}

// SQLITE_BUSY is 5; the extended codes keep it in their low byte.
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
