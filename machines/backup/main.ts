import { pino } from 'pino';
import { backup } from './backup.ts';
import { type Command, HELP, parseCommand } from './command.ts';
import type { Context } from './context.ts';
import { drill } from './drill.ts';
import { readEnvironment } from './environment.ts';
import { BackupError, describe, EXIT_CODES } from './failure.ts';
import { list } from './list.ts';
import { prune } from './prune.ts';
import { restore } from './restore.ts';
import { verify } from './verify.ts';
import { openVolume } from './volume.ts';
import { switchArchive } from './wal/archive.ts';
import { makeBase } from './wal/base.ts';
import { recover } from './wal/recover.ts';
import { streamWal } from './wal/stream.ts';

// One command, then the end: dist/backup.js. A scheduled machine runs `backup --then-drill` every hour.
try {
  const command = parseCommand(process.argv.slice(2));
  if (command.verb === 'help') process.stdout.write(HELP);
  else await perform(command, createContext());
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = EXIT_CODES[error instanceof BackupError ? error.kind : 'failed'];
}

function createContext(): Context {
  const env = readEnvironment(process.env);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => stop.abort(new BackupError('failed', `It was stopped by ${signal}.`)));
  }
  const log = pino({ level: env.LOG_LEVEL, base: { service: 'backup' } });
  return { env, log, volume: openVolume(env.BACKUP_DIR), signal: stop.signal };
}

async function perform(command: Exclude<Command, { verb: 'help' }>, context: Context): Promise<void> {
  switch (command.verb) {
    case 'backup':
      return backup(context, command);
    case 'drill':
      return drill(context, command);
    case 'restore':
      return restore(context, command);
    case 'verify':
      return verify(context, command.name);
    case 'prune':
      return prune(context, command);
    case 'list':
      process.stdout.write(list(context, command));
      return;
    case 'wal-archive':
      return switchArchive(context, command.on);
    case 'wal-stream':
      return streamWal(context);
    case 'base':
      return makeBase(context);
    case 'recover':
      return recover(context, command);
  }
}
