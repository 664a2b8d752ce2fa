import type { Logger } from 'pino';
import type { Environment } from './environment.ts';
import type { Volume } from './volume.ts';

/** What every command gets from main.ts. */
export interface Context {
  env: Environment;
  volume: Volume;
  log: Logger;
  /** Aborted by SIGTERM and SIGINT: the tools that run are ended, and the run is recorded as failed. */
  signal: AbortSignal;
}
