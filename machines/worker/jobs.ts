import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import type { TrackingLinks } from '../../db/order-record.ts';
import type { Metrics } from './metrics.ts';
import type { WorkerDatabase } from './queues.ts';

/** What the worker has for each kind of job. */
export type JobContext = {
  /** The rows of one merchant, as the app role: `withMerchant`. */
  database: Database;
  /** The queue's own connections, as the system role. */
  db: WorkerDatabase;
  /** Started, with its queues. */
  boss: PgBoss;
  log: Logger;
  /** A kind's own metrics join `metrics.registry`. */
  metrics: Metrics;
  /** DROPMATE_SECRET. */
  secret: string;
  links: TrackingLinks;
};

/**
 * A kind of job at work. Another kind is a folder with a `start…(context, options): Promise<JobKind>`, called in worker.ts;
 * its queues are in QUEUES (queues.ts), the topics that lead there in CONSEQUENCES (consequences.ts).
 */
export type JobKind = {
  /** The relay has put new jobs into these queues. They are found within a second without it. */
  wake: (queues: ReadonlySet<string>) => void;
  /** Ends what pg-boss doesn't know of; it stops the queues' workers itself. */
  stop?: () => Promise<void>;
};
