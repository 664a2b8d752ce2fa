import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type postgres from 'postgres';
import { complaint } from './complaint.ts';
import { CONSEQUENCES, type Fact, TOPICS, type Topic } from './consequences.ts';

const BATCH = 200;

export type Relay = {
  /** Ends after the batch in work. */
  stop: () => Promise<void>;
};

export type RelayOptions = {
  /** A client made by openClient(). */
  sql: postgres.Sql;
  /** Started, with its queues. */
  boss: Pick<PgBoss, 'insert'>;
  log: Logger;
  /** Told after the commit which queues have new jobs, with the number of rows. */
  onRelayed: (queues: ReadonlySet<string>, rows: number) => void;
  /** The net under lost notifications. */
  sweepMs?: number;
};

/**
 * Turns rows of the outbox into jobs, until stopped. NOTIFY on `outbox` wakes it, a sweep is the net. Any number may run
 * at once: they share the rows. Rejects when the first look at the outbox fails; later failures are logged and retried.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const failures = complaint(options.log, 'the relay');
  let stopped = false;
  let woken = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (woken && !stopped) {
      woken = false;
      try {
        if ((await relayBatch(options)) === BATCH) woken = true;
        failures.worked();
      } catch (error) {
        failures.failed(error);
      }
    }
    // In the same turn as the last look at `woken`, or a wake between the two would be lost.
    running = undefined;
  }
  function wake(): void {
    woken = true;
    running ??= run();
  }

  await relayBatch(options);
  // Notifications of a lost connection are lost, so each subscription starts with a look.
  const { unlisten } = await options.sql.listen('outbox', wake, wake);
  const sweep = setInterval(wake, options.sweepMs ?? 1000);
  return {
    async stop() {
      stopped = true;
      clearInterval(sweep);
      await unlisten().catch(() => {});
      await running;
    },
  };
}

type OutboxRow = {
  topic: Topic;
  merchant_id: string;
  entity_id: string;
  version: number;
  payload: Record<string, unknown>;
  created_at: Date;
};

/** One short transaction: rows out, jobs in. Nobody is told anything here. Returns the number of rows. */
async function relayBatch({ sql, boss, onRelayed }: RelayOptions): Promise<number> {
  const jobs = new Map<string, { data: Fact }[]>();
  const rows = await sql.begin(async (tx) => {
    // The array makes the sub-select run once; as a join it could be run again and claim more than the limit.
    const claimed = await tx<OutboxRow[]>`
      delete from outbox where id = any (array(
        select id from outbox where topic = any (${TOPICS}) order by id limit ${BATCH} for update skip locked))
      returning topic, merchant_id, entity_id, version, payload, created_at`;
    for (const row of claimed) {
      const fact = factOf(row);
      for (const queue of CONSEQUENCES[row.topic]) {
        jobs.set(queue, [...(jobs.get(queue) ?? []), { data: fact }]);
      }
    }
    const executeSql = async (text: string, values: unknown[] = []) => ({
      // pg-boss binds text and numbers only.
      rows: await tx.unsafe(text, values as string[], { prepare: true }),
    });
    for (const [queue, inserts] of jobs) {
      const ids = await boss.insert(queue, inserts, { db: { executeSql }, returnId: true });
      // pg-boss inserts nothing, and says nothing, when the queue is gone from its table: then the rows must stay.
      if (ids?.length !== inserts.length) throw new Error(`the queue ${queue} took no jobs`);
    }
    return claimed.length;
  });
  if (rows > 0) onRelayed(new Set(jobs.keys()), rows);
  return rows;
}

function factOf(row: OutboxRow): Fact {
  return {
    topic: row.topic,
    merchantId: row.merchant_id,
    entityId: row.entity_id,
    version: row.version,
    payload: row.payload,
    at: row.created_at.toISOString(),
  };
}
