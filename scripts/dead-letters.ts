import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type DeadLetter, type DeadLetters, openDeadLetters } from '../machines/worker/dead-letters.ts';

// dist/dead-letters.js: what the worker's jobs were given up, and the way back for them. With the worker's environment:
// DATABASE_URL and DROPMATE_SECRET. Shows no names and addresses. Exit code 1 when it fails, 2 when it is not understood.

const USAGE = `Usage: dead-letters.js list|redrive [QUEUE] [--dry-run]

  list       jobs that were given up: id, queue, age, why; the oldest first
  redrive    puts them back into the queue they came from, whose worker then tries them anew
  QUEUE      a queue of dead letters (room_dead), or the queue they came from (room); all if not said
  --dry-run  redrive: say how many, and move none
`;

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DROPMATE_SECRET: z.string(),
});

const command = parse(process.argv.slice(2));
if (command === undefined || command.help) {
  process[command ? 'stdout' : 'stderr'].write(USAGE);
  process.exitCode = command ? 0 : 2;
} else {
  try {
    await perform(command);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message || error.name : String(error)}\n`);
    process.exitCode = 1;
  }
}

type Command = { verb: 'list' | 'redrive'; queue: string | undefined; dryRun: boolean; help: boolean };

function parse(args: string[]): Command | undefined {
  const options = { 'dry-run': { type: 'boolean' }, help: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [verb, queue, ...more] = positionals;
    const known = verb === 'list' || verb === 'redrive';
    if (!values.help && (!known || more.length > 0)) return undefined;
    return {
      verb: verb === 'redrive' ? 'redrive' : 'list',
      queue,
      dryRun: values['dry-run'] ?? false,
      help: values.help ?? false,
    };
  } catch {
    return undefined;
  }
}

async function perform({ verb, queue, dryRun }: Command): Promise<void> {
  const env = Environment.safeParse(process.env);
  if (!env.success) throw new Error('DATABASE_URL and DROPMATE_SECRET must be set.');
  const dead = await openDeadLetters({
    databaseUrl: env.data.DATABASE_URL,
    secret: env.data.DROPMATE_SECRET,
  });
  try {
    if (verb === 'list') await print(dead, queue);
    else await putBack(dead, queue, dryRun);
  } finally {
    await dead.close();
  }
}

async function print(dead: DeadLetters, queue: string | undefined): Promise<void> {
  const { letters, total } = await dead.list(queue);
  for (const letter of letters) process.stdout.write(`${line(letter)}\n`);
  const more = total > letters.length ? `; these are the oldest ${letters.length}` : '';
  process.stdout.write(`Dead letters: ${total}${more}.\n`);
}

async function putBack(dead: DeadLetters, queue: string | undefined, dryRun: boolean): Promise<void> {
  const moved = await dead.redrive(queue, { dryRun });
  process.stdout.write(dryRun ? `${moved} would be put back.\n` : `${moved} are put back.\n`);
  const { total } = await dead.list(queue, 1);
  // Their queue is gone, or nobody wrote down which it was; or they died again at once.
  if (!dryRun && total > 0) process.stdout.write(`${total} are there still; see list.\n`);
}

function line({ id, queue, source, seconds, about, why }: DeadLetter): string {
  const parts = [id, queue, `from ${source ?? 'nowhere known'}`, age(seconds), why, about];
  return parts.filter((part) => part !== null).join('  ');
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
