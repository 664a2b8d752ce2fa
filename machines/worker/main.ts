import { pino } from 'pino';
import { retentionDays } from '../../domain/retention.ts';
import { describe } from './complaint.ts';
import { readEnvironment } from './environment.ts';
import { notificationOptions } from './notifications/environment.ts';
import { startWorker, type Worker } from './worker.ts';

// However the rooms and the database are, a stop ends within this.
const DRAIN_MS = 20_000;

async function main(): Promise<void> {
  const env = readEnvironment(process.env);
  const log = pino({ level: env.LOG_LEVEL, base: { service: 'worker' } });
  const port = env.METRICS_PORT ?? env.PORT;
  const worker = await startWorker({
    databaseUrl: env.DATABASE_URL,
    secret: env.DROPMATE_SECRET,
    realtimeUrl: env.REALTIME_INTERNAL_URL,
    publicUrl: env.PUBLIC_URL,
    log,
    webhooks: { allowInsecure: env.WEBHOOKS_ALLOW_INSECURE === '1' },
    notifications: { ...notificationOptions(env), allowInsecure: env.WEBHOOKS_ALLOW_INSECURE === '1' },
    retention: retentionDays(env),
    metrics: port === undefined ? undefined : { host: env.HOST, port },
  });
  log.info({ metricsPort: worker.metricsPort }, 'worker started');
  stopWhenTold(worker, log);
}

function stopWhenTold(worker: Worker, log: pino.Logger): void {
  let stopping = false;
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'worker stopping');
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    await worker.stop();
    log.info('worker stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
}

main().catch((error) => {
  process.stderr.write(`The worker could not start: ${describe(error)}\n`);
  process.exit(1);
});
