import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { openDatabase } from '../../db/client.ts';
import { trackingKey } from '../../db/tracking-token.ts';
import type { Retention } from '../../domain/retention.ts';
import type { JobContext, JobKind } from './jobs.ts';
import { startMaintenance } from './maintenance.ts';
import { observeMaintenance } from './maintenance-metrics.ts';
import { createMetrics, observeDatabase } from './metrics.ts';
import { type MetricsServer, serveMetrics } from './metrics-server.ts';
import { type NotificationOptions, startNotificationJobs } from './notifications/start.ts';
import { createBoss, databaseOf, ensureQueues, type WorkerDatabase } from './queues.ts';
import { startRelay } from './relay.ts';
import { startRoomJobs } from './room-job.ts';
import { type SandboxOptions, startSandboxJobs } from './sandbox/start.ts';
import { startWebhookJobs, type WebhookOptions } from './webhooks/start.ts';

export type WorkerOptions = {
  /** The owner's; the worker logs in as the system role. */
  databaseUrl: string;
  secret: string;
  /** REALTIME_INTERNAL_URL. */
  realtimeUrl: string;
  publicUrl: string;
  log: Logger;
  webhooks?: WebhookOptions;
  notifications?: NotificationOptions;
  sandbox?: SandboxOptions;
  /** For how many days things are kept; what is not named, or all without it, for ever. */
  retention?: Partial<Retention>;
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
  const database = openDatabase({ ...options, connections: 4 });
  const metrics = createMetrics();
  const closers: (() => Promise<unknown>)[] = [
    database.end,
    () => boss.stop({ graceful: true, timeout: 10_000 }),
  ];
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
    await startMaintenance({ db, boss, log, metrics, retention: options.retention ?? {} });
    const links = { publicUrl: options.publicUrl, trackingKey: trackingKey(options.secret) };
    const context: JobContext = { database, db, boss, log, metrics, secret: options.secret, links };
    const kinds: JobKind[] = [];
    for (const start of [
      () => startRoomJobs(context, options.realtimeUrl),
      () => startWebhookJobs(context, options.webhooks),
      () => startNotificationJobs(context, options.notifications),
      () => startSandboxJobs(context, options.realtimeUrl, options.sandbox),
    ]) {
      const kind = await start();
      kinds.push(kind);
      if (kind.stop) closers.push(kind.stop);
    }
    const relay = await startRelay({
      db,
      boss,
      log,
      onRelayed(queues, rows) {
        metrics.relayed.inc(rows);
        for (const kind of kinds) kind.wake(queues);
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

async function reaches(db: WorkerDatabase): Promise<boolean> {
  const answer = db.executeSql('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answer, delay(2000, false, { ref: false })]);
}
