import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { complaint } from './complaint.ts';
import { CONSEQUENCES, type Fact, TOPICS, type Topic } from './consequences.ts';
import { ROOM_QUEUE, SANDBOX_QUEUE, WEBHOOKS_QUEUE, type WorkerDatabase } from './queues.ts';

const BATCH = 200;

export type Relay = {
  /** Ends after the batch in work. */
  stop: () => Promise<void>;
};

export type RelayOptions = {
  db: WorkerDatabase;
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
  const subscription = await options.db.listen('outbox', wake, wake);
  const sweep = setInterval(wake, options.sweepMs ?? 1000);
  return {
    async stop() {
      stopped = true;
      clearInterval(sweep);
      await subscription.close();
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
  /** Whether the merchant has a webhook that is enabled. */
  has_webhooks: boolean;
};

// The array makes the sub-select run once; as a join it could be run again and claim more than the limit.
const CLAIM = `
  delete from outbox where id = any (array(
    select id from outbox where topic = any ($1::text[]) order by id limit ${BATCH} for update skip locked))
  returning topic, merchant_id, entity_id, version, payload, created_at, exists (
    select from webhook_endpoints e where e.merchant_id = outbox.merchant_id and e.disabled_at is null) as has_webhooks`;

/** One short transaction: rows out, jobs in. Nobody is told anything here. Returns the number of rows. */
async function relayBatch({ db, boss, onRelayed }: RelayOptions): Promise<number> {
  const transaction = await db.beginTransaction();
  try {
    // The columns are those of CLAIM.
    const { rows }: { rows: OutboxRow[] } = await transaction.db.executeSql(CLAIM, [TOPICS]);
    const jobs = jobsOf(rows);
    for (const [queue, inserts] of jobs) {
      const ids = await boss.insert(queue, inserts, { db: transaction.db, returnId: true });
      // pg-boss inserts nothing, and says nothing, when the queue is gone from its table: then the rows must stay.
      if (ids?.length !== inserts.length) throw new Error(`the queue ${queue} took no jobs`);
    }
    await transaction.commit();
    if (rows.length > 0) onRelayed(new Set(jobs.keys()), rows.length);
    return rows.length;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

function jobsOf(rows: OutboxRow[]): Map<string, { data: Fact }[]> {
  const jobs = new Map<string, { data: Fact }[]>();
  for (const row of rows) {
    const job = { data: factOf(row) };
    for (const queue of CONSEQUENCES[row.topic]) {
      if (!concerns(queue, row)) continue;
      const others = jobs.get(queue);
      if (others) others.push(job);
      else jobs.set(queue, [job]);
    }
  }
  return jobs;
}

/** Most facts concern few, and then it costs them this one look. */
function concerns(queue: string, { topic, payload, has_webhooks }: OutboxRow): boolean {
  // A robot of the sandbox is known to the rooms alone.
  if (topic === 'driver' && payload.robot === true) return queue === ROOM_QUEUE;
  if (queue === SANDBOX_QUEUE) return payload.sandbox === true;
  return queue !== WEBHOOKS_QUEUE || has_webhooks;
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
