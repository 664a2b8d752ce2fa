import { type Db, PgBoss, type QueueOptions } from 'pg-boss';
import type { Logger } from 'pino';
import { roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { complaint } from './complaint.ts';

export const ROOM_QUEUE = 'room';
export const ROOM_DEAD_QUEUE = 'room_dead';
export const WEBHOOKS_QUEUE = 'webhooks';
export const WEBHOOKS_DEAD_QUEUE = 'webhooks_dead';
export const WEBHOOK_DELIVERY_QUEUE = 'webhook_delivery';
export const NOTIFICATIONS_QUEUE = 'notifications';
export const NOTIFICATIONS_DEAD_QUEUE = 'notifications_dead';
export const NOTIFICATION_QUEUE = 'notification';
export const SANDBOX_QUEUE = 'sandbox';
export const ROBOT_QUEUE = 'robot';
export const ORDER_TIMES_QUEUE = 'order_times';
export const PARTITIONS_QUEUE = 'trail_partitions';
export const RETENTION_QUEUE = 'retention';
export const ANALYTICS_QUEUE = 'analytics';

const DAY = 24 * 3600;

const DAILY: QueueOptions = {
  retryLimit: 10,
  retryDelay: 60,
  retryBackoff: true,
  retryDelayMax: 3600,
  expireInSeconds: 300,
  heartbeatSeconds: 10,
};

// In this order: a queue's dead letters go to one that exists.
const QUEUES: Record<string, QueueOptions & { deadLetter?: string }> = {
  /** Room events that the rooms refused for good. Nobody works here: they are for the operator to look at. */
  [ROOM_DEAD_QUEUE]: { retentionSeconds: 7 * DAY },
  [ROOM_QUEUE]: {
    deadLetter: ROOM_DEAD_QUEUE,
    // Practically for ever, at most 15 s apart: when the rooms are back they hear of it.
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    // A post ends after 5 s; what is active for longer was a killed worker's. (A heartbeat cannot be below 10 s.)
    expireInSeconds: 8,
    // It holds names and addresses.
    deleteAfterSeconds: 60,
  },
  /** Facts that no webhook could be made of. */
  [WEBHOOKS_DEAD_QUEUE]: { retentionSeconds: 7 * DAY },
  /** Facts of merchants with webhooks. */
  [WEBHOOKS_QUEUE]: {
    deadLetter: WEBHOOKS_DEAD_QUEUE,
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    // It only writes rows.
    expireInSeconds: 15,
    deleteAfterSeconds: 60,
  },
  /** One attempt at one delivery, at its time. It holds ids only. */
  [WEBHOOK_DELIVERY_QUEUE]: {
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    // An attempt ends after 15 s.
    expireInSeconds: 20,
    deleteAfterSeconds: 60,
  },
  /** Facts that no message could be made of. */
  [NOTIFICATIONS_DEAD_QUEUE]: { retentionSeconds: 7 * DAY },
  /** Facts that people may have to be told of. */
  [NOTIFICATIONS_QUEUE]: {
    deadLetter: NOTIFICATIONS_DEAD_QUEUE,
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    // It only writes rows.
    expireInSeconds: 15,
    deleteAfterSeconds: 60,
  },
  /** One attempt at one message, at its time. It holds ids only. */
  [NOTIFICATION_QUEUE]: {
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    // An attempt ends after 15 s.
    expireInSeconds: 20,
    deleteAfterSeconds: 60,
  },
  /** Facts of orders that a robot delivers. */
  [SANDBOX_QUEUE]: {
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    // It only makes the next one's job.
    expireInSeconds: 15,
    deleteAfterSeconds: 60,
  },
  /** One act of a robot, at its time. It holds ids only. An order that it cannot end for an hour was not worth it. */
  [ROBOT_QUEUE]: {
    retryLimit: 240,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    // A post to the rooms ends after 5 s.
    expireInSeconds: 15,
    deleteAfterSeconds: 60,
  },
  /** Each minute; one that failed is the next one's. */
  [ORDER_TIMES_QUEUE]: { retryLimit: 0, expireInSeconds: 30, deleteAfterSeconds: 60 },
  [PARTITIONS_QUEUE]: DAILY,
  [RETENTION_QUEUE]: DAILY,
  [ANALYTICS_QUEUE]: DAILY,
};

/**
 * The job queue on the schema `pgboss`, which belongs to the system role. Not started yet: start(), then ensureQueues().
 * `databaseUrl` is the owner's.
 */
export function createBoss(options: { databaseUrl: string; secret: string; log: Logger }): PgBoss {
  const boss = new PgBoss({
    connectionString: roleUrl(options.databaseUrl, SYSTEM_ROLE, options.secret),
    application_name: 'dropmate worker',
    schema: 'pgboss',
    // The migrations make the schema; this role may not.
    createSchema: false,
    max: 8,
    connectionTimeoutMillis: 5000,
    // Commits don't wait for the disk: what a crash of the server takes back, it takes back whole, a row of the outbox
    // and its job together, and it is done again. A relay that froze doesn't keep its rows from the others for long.
    options: '-c synchronous_commit=off -c idle_in_transaction_session_timeout=10000',
    // Jobs of a killed worker are found within a second of their expiry.
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    maintenanceIntervalSeconds: 30,
  });
  const failures = complaint(options.log, 'the job queue');
  boss.on('error', (error) => failures.failed(error));
  boss.on('warning', ({ message }) => options.log.warn({ warning: message }, 'the job queue warns'));
  return boss;
}

/** The queue's own connections, which the relay and all else of the worker use too. */
export type WorkerDatabase = Required<Pick<Db, 'executeSql' | 'beginTransaction' | 'listen'>>;

/**
 * One pool for jobs and outbox. (Not postgres.js: up to 3.4.9 it ends the process, or leaves a query waiting for ever,
 * when the server goes away in the middle of a transaction.)
 */
export function databaseOf(boss: PgBoss): WorkerDatabase {
  const db = boss.getDb();
  if (!db.beginTransaction || !db.listen) throw new Error('pg-boss came without a pool of its own');
  return {
    executeSql: db.executeSql.bind(db),
    beginTransaction: db.beginTransaction.bind(db),
    listen: db.listen.bind(db),
  };
}

/** Makes the queues, or gives them this release's settings. Several workers may do so at once. */
export async function ensureQueues(boss: PgBoss): Promise<void> {
  for (const [name, options] of Object.entries(QUEUES)) {
    await boss.createQueue(name, options);
    await boss.updateQueue(name, options);
  }
  // What went before waits for this commit to be on the disk: a job's state may be lost in a crash, a queue may not.
  await databaseOf(boss).executeSql(`
    begin;
    set local synchronous_commit = on;
    select pg_logical_emit_message(true, 'dropmate', 'a commit without a record would not wait');
    commit`);
}
