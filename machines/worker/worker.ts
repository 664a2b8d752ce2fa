import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { serviceKey } from '../../db/secrets.ts';
import { trackingKey } from '../../db/tracking-token.ts';
import { startMaintenance } from './maintenance.ts';
import { observeMaintenance } from './maintenance-metrics.ts';
import { createMetrics, observeDatabase } from './metrics.ts';
import { type MetricsServer, serveMetrics } from './metrics-server.ts';
import { createBoss, databaseOf, ensureQueues, ROOM_QUEUE, type WorkerDatabase } from './queues.ts';
import { startRelay } from './relay.ts';
import { roomJob } from './room-job.ts';

export type WorkerOptions = {
  /** The owner's; the worker logs in as the system role. */
  databaseUrl: string;
  secret: string;
  /** REALTIME_INTERNAL_URL. */
  realtimeUrl: string;
  publicUrl: string;
  log: Logger;
  /** Where `/metrics`, `/healthz` and `/readyz` are; nowhere without. */
  metrics?: { host: string; port: number } | undefined;
};

export type Worker = {
  metricsPort: number | undefined;
  /** Ends what is in work, then everything. */
  stop: () => Promise<void>;
};

/** Starts the relay and the jobs. Rejects when the database can't be reached or isn't migrated. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { log } = options;
  const boss = createBoss(options);
  const db = databaseOf(boss);
  const metrics = createMetrics();
  const closers: (() => Promise<unknown>)[] = [() => boss.stop({ graceful: true, timeout: 10_000 })];
  let working = false;
  const stop = async () => {
    working = false;
    while (closers.length > 0) await closers.pop()?.();
  };
  try {
    let server: MetricsServer | undefined;
    if (options.metrics) {
      const isReady = async () => working && (await reaches(db));
      server = await serveMetrics({ ...options.metrics, registry: metrics.registry, isReady });
      // The last to close: it says 503 to the end.
      closers.unshift(server.close);
    }
    await boss.start();
    await ensureQueues(boss);
    observeDatabase(metrics, db, boss);
    observeMaintenance(metrics.registry, db);
    await startMaintenance({ db, boss, log, metrics });
    const wakeRoomJobs = await workRooms(
      boss,
      roomJob({
        realtimeUrl: options.realtimeUrl,
        key: serviceKey(options.secret),
        links: { publicUrl: options.publicUrl, trackingKey: trackingKey(options.secret) },
        log,
        metrics,
      }),
    );
    const relay = await startRelay({
      db,
      boss,
      log,
      onRelayed(queues, rows) {
        metrics.relayed.inc(rows);
        if (queues.has(ROOM_QUEUE)) wakeRoomJobs();
      },
    });
    closers.push(relay.stop);
    working = true;
    return { metricsPort: server?.port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const ROOM_WORKERS = 4;
const ROOM_WORK = {
  batchSize: 16,
  burstWhenBatchFull: true,
  perJobResults: true,
  pollingIntervalSeconds: 1,
} as const;

/**
 * Starts the room queue's workers: several, so that a batch with a slow room in it holds up nobody. Returns what wakes
 * one that is free; all of them look each second anyway. (1 to 2 ms faster than pg-boss's own NOTIFY, and one worker
 * looks instead of all.)
 */
async function workRooms(boss: PgBoss, work: ReturnType<typeof roomJob>): Promise<() => void> {
  const ids: string[] = [];
  const busy = new Set<number>();
  for (let i = 0; i < ROOM_WORKERS; i++) {
    ids[i] = await boss.work(ROOM_QUEUE, ROOM_WORK, async (jobs) => {
      busy.add(i);
      try {
        return await work(jobs);
      } finally {
        busy.delete(i);
      }
    });
  }
  return () => {
    const id = ids.find((_, i) => !busy.has(i)) ?? ids[0];
    if (id) boss.notifyWorker(id);
  };
}

async function reaches(db: WorkerDatabase): Promise<boolean> {
  const answer = db.executeSql('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answer, delay(2000, false, { ref: false })]);
}
