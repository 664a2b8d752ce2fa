import { PgBoss } from 'pg-boss';
import { z } from 'zod';
import { roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { databaseOf } from './queues.ts';

/** A job that was given up, without what it holds: that names people. */
export type DeadLetter = {
  id: string;
  queue: string;
  /** The queue it came from, where it goes back to. */
  source: string | null;
  /** How long ago it was given up. */
  seconds: number;
  /** What it was about, as `order 0192…`, where it says so. */
  about: string | null;
  why: string;
};

export type DeadLetters = {
  /** The queues that dead letters are kept in. */
  queues: string[];
  /** Oldest first, at most `limit`, and how many there are in all. */
  list: (queue: string | undefined, limit?: number) => Promise<{ letters: DeadLetter[]; total: number }>;
  /**
   * Puts what lies in a dead queue (or what came from a queue that has one; or all) back where it came from; returns how
   * many. What dies again meanwhile stays for the next time. With `dryRun` it only counts.
   */
  redrive: (queue: string | undefined, options: { dryRun: boolean }) => Promise<number>;
  close: () => Promise<void>;
};

/**
 * Opens the dead letters of every queue that has a `deadLetter`. For the operator's command, beside a running worker. A
 * `queue` that is none throws. `databaseUrl` is the owner's, with or without its password.
 */
export async function openDeadLetters(options: {
  databaseUrl: string;
  secret: string;
}): Promise<DeadLetters> {
  const boss = new PgBoss({
    connectionString: roleUrl(options.databaseUrl, SYSTEM_ROLE, options.secret),
    application_name: 'dropmate dead letters',
    schema: 'pgboss',
    max: 1,
    connectionTimeoutMillis: 5000,
    // It only looks and moves: the queues belong to the workers.
    migrate: false,
    supervise: false,
    schedule: false,
  });
  // What fails is thrown where it was asked for.
  boss.on('error', () => {});
  const close = () => boss.stop({ graceful: false });
  await boss.start().catch(async (error) => {
    await close().catch(() => {});
    throw error;
  });
  const database = databaseOf(boss);
  const kept = (await boss.getQueues()).flatMap(({ name, deadLetter }) =>
    deadLetter ? [{ source: name, queue: deadLetter }] : [],
  );
  const queues = [...new Set(kept.map(({ queue }) => queue))].sort();

  /** Which dead queues are meant, and jobs of which origin. */
  function meant(name: string | undefined): { queues: string[]; source?: string } {
    if (name === undefined) return { queues };
    if (queues.includes(name)) return { queues: [name] };
    const origin = kept.find(({ source }) => source === name);
    if (origin) return { queues: [origin.queue], source: name };
    throw new Error(`There are no dead letters of ${name}. Queues: ${queues.join(', ') || 'none'}.`);
  }

  async function countToMove(queue: string, source: string | undefined): Promise<number> {
    const { rows } = await database.executeSql(COUNT_TO_MOVE, [queue, source ?? null]);
    return Counted.parse(rows[0]).count;
  }

  return {
    queues,
    async list(name, limit = 200) {
      const { queues: wanted, source } = meant(name);
      const { rows } = await database.executeSql(LIST, [wanted, source ?? null, limit]);
      const found = z.array(Row).parse(rows);
      return { letters: found.map(describeRow), total: found[0]?.total ?? 0 };
    },
    async redrive(name, { dryRun }) {
      const { queues: wanted, source } = meant(name);
      let moved = 0;
      for (const queue of wanted) {
        const waiting = await countToMove(queue, source);
        if (dryRun) moved += waiting;
        // Not until there are none: what is refused again at once would go round for ever.
        for (let left = dryRun ? 0 : waiting; left > 0; left -= BATCH) {
          const limit = Math.min(left, BATCH);
          moved += await boss.redrive(queue, { limit, ...(source ? { sourceName: source } : {}) });
        }
      }
      return moved;
    },
    close,
  };
}

const BATCH = 1000;

// `state < 'active'`: waiting, as pg-boss's own redrive() takes them. Of what a job holds only ids and a code leave here.
const LIST = `
  select id, name as queue, source_name as source, count(*) over ()::int as total,
    greatest(0, extract(epoch from clock_timestamp() - created_on))::float8 as seconds,
    data->>'topic' as topic, data->>'entityId' as entity,
    output->>'reason' as reason, output->>'name' as error, output->>'code' as code
  from pgboss.job
  where name = any($1) and state < 'active' and ($2::text is null or source_name = $2)
  order by created_on, id limit $3`;

const COUNT_TO_MOVE = `
  select count(*)::int as count from pgboss.job
  where name = $1 and state < 'active' and ($2::text is null or source_name = $2)
    and source_name in (select name from pgboss.queue)`;

const Counted = z.object({ count: z.int() });
const text = z.string().nullable();
const Row = z.object({
  id: z.string(),
  queue: z.string(),
  source: text,
  total: z.int(),
  seconds: z.number(),
  topic: text,
  entity: text,
  reason: text,
  error: text,
  code: text,
});

function describeRow({
  topic,
  entity,
  reason,
  error,
  code,
  total: _,
  ...row
}: z.infer<typeof Row>): DeadLetter {
  const about = WORD.test(topic ?? '') && ID.test(entity ?? '') ? `${topic} ${entity}` : null;
  const named = [error, code].filter((part) => part !== null && WORD.test(part)).join(' ');
  return { ...row, about, why: reason !== null && isPlain(reason) ? reason : named || 'unknown' };
}

const WORD = /^\w{1,40}$/;
const ID = /^[0-9a-f-]{36}$/;

/** Whether a reason is one of ours, a short sentence; an error's own text may quote an address or a number. */
const isPlain = (reason: string): boolean => /^[\w ,.:'()-]{1,100}$/.test(reason) && !/\d{5}/.test(reason);
