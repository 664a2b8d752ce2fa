import { parseArgs } from 'node:util';
import { BackupError } from './failure.ts';

export const HELP = `Usage: backup <command> [options]

  backup [--then-drill]        dump, verify, keep, copy off-site, prune; and drill when the last one is a day old
  drill [--dump <which>]       restore into a scratch server and compare with the manifest; read the copy off-site back
  restore [--dump <which>] [--database <name>] [--replace] [--rehearse]
                               restore into the database of DATABASE_URL, or another of that server. One that is not
                               empty is refused, put aside under another name by --replace, untouched by --rehearse
  verify [<name>] [--offsite]  read all backups again, here or off-site, and compare them with their SHA-256
  list [--json] [--offsite]    what there is, here or off-site
  offsite                      copy what is not there yet: also a part of backup
  prune [--dry-run]            remove what the rules no longer keep: 24 hourly, 14 daily, 8 weekly, 12 monthly

Point-in-time recovery:
  wal-archive on|off           the server copies its write-ahead log into BACKUP_DIR/wal (a server on this machine)
  wal-stream                   receive the write-ahead log of any server, as it is written; makes base backups, copies
                               off-site and drills when they are due; runs until it is stopped
  base                         copy the server's files; recovery starts from such a copy
  recover --into <folder> [--to <time>] [--offsite --identity <file>]
                               make a data folder as it was at that time, or as late as there is log
  wal-drill [--offsite --identity <file>]
                               recover to a moment ago in a scratch server and compare with what was there

  <which> is 'latest', a name from list, the path of a .dump; or, with --identity <file> (the secret age key),
  offsite:latest, offsite:<name>, the path of a .dump.age.

Environment: BACKUP_DIR, DATABASE_URL (the owner's), DROPMATE_SECRET (restore), BACKUP_MOUNTED, BACKUP_SCRATCH,
BACKUP_OFFSITE, BACKUP_OFFSITE_PRUNE, AGE_RECIPIENTS, PG_BIN, LOG_LEVEL, and rclone's own RCLONE_…
Exit codes: 0 done, 1 failed, 2 usage, 3 refused.
`;

export type Command =
  | { verb: 'help' }
  | { verb: 'backup'; thenDrill: boolean }
  | { verb: 'drill'; which: string; identity: string | undefined }
  | {
      verb: 'restore';
      which: string;
      identity: string | undefined;
      database: string | undefined;
      replace: boolean;
      rehearse: boolean;
    }
  | { verb: 'verify'; name: string | undefined; offsite: boolean }
  | { verb: 'list'; json: boolean; offsite: boolean }
  | { verb: 'offsite' }
  | { verb: 'prune'; dryRun: boolean }
  | { verb: 'wal-archive'; on: boolean }
  | { verb: 'wal-stream' }
  | { verb: 'base' }
  | { verb: 'recover'; into: string; to: Date | undefined; offsite: boolean; identity: string | undefined }
  | { verb: 'wal-drill'; offsite: boolean; identity: string | undefined };

/** Reads the command line. Throws a BackupError (usage) with one line. */
export function parseCommand(args: string[]): Command {
  const [verb = '--help', ...rest] = args;
  const [first] = rest;
  if (verb === '--help' || verb === '-h' || verb === 'help' || rest.includes('--help'))
    return { verb: 'help' };
  switch (verb) {
    case 'backup':
      return { verb, thenDrill: options(rest, { 'then-drill': 'boolean' })['then-drill'] === true };
    case 'drill':
      return { verb, ...which(options(rest, { dump: 'string', identity: 'string' })) };
    case 'restore': {
      const found = options(rest, {
        dump: 'string',
        identity: 'string',
        database: 'string',
        replace: 'boolean',
        rehearse: 'boolean',
      });
      const { replace, rehearse } = found;
      return {
        verb,
        ...which(found),
        database: text(found.database),
        replace: replace === true,
        rehearse: rehearse === true,
      };
    }
    case 'verify': {
      const names = rest.filter((word) => !word.startsWith('-'));
      const { offsite } = options(
        rest.filter((word) => !names.includes(word)),
        { offsite: 'boolean' },
      );
      if (names.length > 1) throw new BackupError('usage', 'verify wants one name, or none for all');
      return { verb, name: names[0], offsite: offsite === true };
    }
    case 'list': {
      const { json, offsite } = options(rest, { json: 'boolean', offsite: 'boolean' });
      return { verb, json: json === true, offsite: offsite === true };
    }
    case 'prune':
      return { verb, dryRun: options(rest, { 'dry-run': 'boolean' })['dry-run'] === true };
    case 'wal-archive':
      if (first !== 'on' && first !== 'off') throw new BackupError('usage', 'wal-archive wants on or off');
      return { verb, on: first === 'on' };
    case 'offsite':
    case 'wal-stream':
    case 'base':
      options(rest, {});
      return { verb };
    case 'recover': {
      const { into, to, ...from } = options(rest, { into: 'string', to: 'string', ...FROM });
      if (typeof into !== 'string')
        throw new BackupError('usage', 'recover wants --into, a folder to be made');
      return { verb, into, to: time(text(to)), ...source(from) };
    }
    case 'wal-drill':
      return { verb, ...source(options(rest, FROM)) };
    default:
      throw new BackupError('usage', `There is no command ${verb}; --help lists them`);
  }
}

type Kind = 'boolean' | 'string';

function options(args: string[], kinds: Record<string, Kind>): Record<string, string | boolean | undefined> {
  try {
    const wanted = Object.entries(kinds).map(([name, type]) => [name, { type }] as const);
    return { ...parseArgs({ args, options: Object.fromEntries(wanted), strict: true }).values } as Record<
      string,
      // No option may be given twice, so none is a list.
      string | boolean | undefined
    >;
  } catch (error) {
    throw new BackupError('usage', error instanceof Error ? error.message : String(error));
  }
}

function which(found: Record<string, string | boolean | undefined>) {
  return { which: text(found.dump) ?? 'latest', identity: text(found.identity) };
}

const FROM: Record<string, Kind> = { offsite: 'boolean', identity: 'string' };

function source(found: Record<string, string | boolean | undefined>) {
  const [offsite, identity] = [found.offsite === true, text(found.identity)];
  if (offsite && !identity)
    throw new BackupError('usage', '--offsite wants --identity, a file with the secret age key');
  return { offsite, identity };
}

const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

// With its zone, or it would mean another moment on each machine.
function time(value: string | undefined): Date | undefined {
  if (value === undefined) return undefined;
  const at = new Date(value.replace(' ', 'T'));
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(value) || Number.isNaN(at.getTime())) {
    throw new BackupError('usage', '--to wants a time with its zone, as 2026-11-22T10:15:00Z');
  }
  return at;
}
