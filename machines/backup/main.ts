import { BackupError } from './failure.ts';
import { perform } from './perform.ts';

// One command, then the end: dist/backup.js. A scheduled machine runs `backup --then-drill` every hour.
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => end(`It was stopped by ${signal}.`));
}
// A run that hangs would keep all later ones from the volume. `wal-stream` is meant to last.
const LIMIT_HOURS = 12;
if (process.argv[2] !== 'wal-stream') {
  setTimeout(() => end(`It was given up after ${LIMIT_HOURS} hours.`), LIMIT_HOURS * 3_600_000).unref();
}
process.exitCode = await perform(process.argv.slice(2), process.env, { signal: stop.signal });

/** Asks all that runs to end, and sees to it that this does a minute later, whatever hangs. */
function end(why: string): void {
  stop.abort(new BackupError('failed', why));
  setTimeout(() => process.exit(1), 45_000).unref();
}
