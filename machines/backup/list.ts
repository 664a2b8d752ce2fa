import type { Context } from './context.ts';
import { countRows } from './manifest.ts';
import { chooseKept } from './retention.ts';
import { listBackups } from './volume.ts';
import { listBases } from './wal/bases.ts';

/** What the volume holds, for people or, with `json`, for programs. */
export function list({ volume }: Context, { json }: { json: boolean }): string {
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
        `${(bytes / 1e6).toFixed(1)} MB`.padStart(12),
        `${rows} rows`.padStart(14),
        `Postgres ${postgres}`,
        kept ? '' : '(to be pruned)',
      ]
        .join('  ')
        .trimEnd(),
    ),
    ...unreadable.map((name) => `${name}  its manifest cannot be read`),
    ...bases.map(({ name, stoppedAt }) => `${name}  base backup, good for any time from ${stoppedAt}`),
  ];
  return lines.length > 0 ? `${lines.join('\n')}\n` : 'No backups yet.\n';
}
