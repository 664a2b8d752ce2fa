import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server that runs on a cluster, as its `postmaster.pid` tells. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/**
 * The server that runs on this cluster now. Postgres leaves `postmaster.pid` behind when it is killed, and its pid may
 * be another program's by now, or a zombie's: so the process must be alive and must have been started with this cluster.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  // Lines: pid, folder, start time, port, socket folder, address, shared memory, status. Source: miscadmin.h, LOCK_FILE_LINE_*.
  const lines = readPidFile(cluster)?.split('\n');
  const pid = Number(lines?.[0]);
  if (!lines || !(pid > 1) || !commandLine(pid).includes(cluster)) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Makes a left-over `postmaster.pid` harmless when its pid belongs to another program of the same user, for which
 * Postgres would refuse to start. The file stays, because Postgres finds in it the shared memory of backends that may have
 * outlived their server; only the pid becomes ours, which Postgres ignores: pg_ctl tells it its grandparent.
 */
export function disownPidFile(cluster: string): void {
  const content = readPidFile(cluster);
  if (!content || findPostmaster(cluster)) return;
  const rest = content.split('\n').slice(1);
  writeFileSync(pidFile(cluster), [process.pid, ...rest].join('\n'));
}

function readPidFile(cluster: string): string | undefined {
  try {
    return readFileSync(pidFile(cluster), 'utf8');
  } catch {
    return undefined;
  }
}

function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

// A zombie's is empty; a backend's is rewritten to "postgres: …" and does not name the cluster.
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (process.platform === 'win32') return runningOnWindows(pid);
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { stdio: 'pipe' }).toString();
  } catch {
    return '';
  }
}

function runningOnWindows(pid: number): string {
  const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
  return execFileSync('powershell', ['-NoProfile', '-Command', query], { stdio: 'pipe' }).toString();
}
