import { pino } from 'pino';
import { z } from 'zod';
import { Config } from './config.ts';
import { serve } from './serve.ts';

// The realtime process. `node --import ./realtime/host/register.ts realtime/main.ts` runs it unbundled.

const config = Config.safeParse(process.env);
if (!config.success) {
  process.stderr.write(`realtime: ${z.prettifyError(config.error).replaceAll(/\s+/g, ' ')}\n`);
  process.exit(1);
}

const log = pino({ level: config.data.LOG_LEVEL, base: { service: 'realtime' } });
const realtime = await serve({ ...config.data, log }).catch((error: unknown) => {
  process.stderr.write(`realtime: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
log.info({ port: realtime.port }, 'realtime listens');

let stopping = false;
async function stop(why: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ why }, 'realtime drains');
  await realtime.drain();
  log.info('realtime has stopped');
  process.exit(0);
}
process.on('SIGTERM', () => void stop('SIGTERM'));
process.on('SIGINT', () => void stop('SIGINT'));
