import type { Context } from './context.ts';
import { countRows } from './manifest.ts';
import { wholeOnes } from './offsite/names.ts';
import { listRemote } from './offsite/remote.ts';
import { chooseKept } from './retention.ts';
import { listBackups } from './volume.ts';
import { listBases } from './wal/bases.ts';

interface ListOptions {
  json: boolean;
  offsite: boolean;
}

/** What the volume holds, or what lies off-site, for people or, with `json`, for programs. */
export async function list(context: Context, { json, offsite }: ListOptions): Promise<string> {
  return offsite ? listOffsite(context, json) : listHere(context, json);
}

async function listOffsite({ env, signal }: Context, json: boolean): Promise<string> {
  const listing = await listRemote(env, '', signal);
  const backups = wholeOnes(listing, '', '.dump');
  const bases = wholeOnes(listing, 'base/', '.tar.gz');
  const segments = [...listing.keys()].filter((path) => path.startsWith('wal/')).sort();
  if (json) return `${JSON.stringify({ backups, bases, segments: segments.length }, null, 2)}\n`;
  const lines = [
    ...backups.map(({ name, bytes }) => `offsite:${name}  ${megabytes(bytes)}`),
    ...bases.map(({ name, bytes }) => `${name}  ${megabytes(bytes)}  base backup`),
    ...(segments.length > 0 ? [`${segments.length} files of write-ahead log, up to ${segments.at(-1)}`] : []),
  ];
  return lines.length > 0 ? `${lines.join('\n')}\n` : 'Nothing is off-site.\n';
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`.padStart(12);

function listHere({ volume }: Context, json: boolean): string {
  const { backups, unreadable } = listBackups(volume);
  const bases = listBases(volume);
  const kept = chooseKept(backups);
  const rows = backups.map((backup) => ({
    name: backup.name,
    bytes: backup.manifest.dump.bytes,
    rows: countRows(backup.manifest.contents),
    postgres: backup.manifest.server.version,
    kept: kept.has(backup),
  }));
  if (json) return `${JSON.stringify({ backups: rows, unreadable, bases }, null, 2)}\n`;
  const lines = [
    ...rows.map(({ name, bytes, rows, postgres, kept }) =>
      [
        name,
        megabytes(bytes),
        `${rows} rows`.padStart(14),
        `Postgres ${postgres}`,
        kept ? '' : '(to be pruned)',
      ]
        .join('  ')
        .trimEnd(),
    ),
    ...unreadable.map((name) => `${name}  its manifest is missing or cannot be read`),
    ...bases.map(({ name, stoppedAt }) => `${name}  base backup, good for any time from ${stoppedAt}`),
  ];
  return lines.length > 0 ? `${lines.join('\n')}\n` : 'No backups yet.\n';
}
