import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';

// Loaded before a program by --import, when an image is built: lets it start with an environment that leads nowhere,
// asks it a little so that what a first request compiles is compiled, and keeps V8's bytecode in NODE_COMPILE_CACHE.
// Node by itself writes that cache only at a clean end, and a program without its database ends in error.

const PORT = 18_080;
const nowhere = 'http://127.0.0.1:9';
const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
Object.assign(process.env, {
  PORT: String(PORT),
  HOST: '127.0.0.1',
  PUBLIC_URL: nowhere,
  FUNCTIONS_URL: nowhere,
  REALTIME_INTERNAL_URL: nowhere,
  DATABASE_URL: 'postgres://dropmate@127.0.0.1:9/dropmate',
  DROPMATE_SECRET: randomBytes(32).toString('base64url'),
  SIGNING_KEYS: JSON.stringify([{ ...key, kid: 'warm' }]),
  LOG_LEVEL: 'silent',
});
delete process.env.METRICS_PORT;

process.on('exit', () => {
  flushCompileCache();
  process.exitCode = 0;
});
void ask();

async function ask(): Promise<void> {
  await delay(2000);
  for (const path of ['/healthz', '/openapi.json', '/']) {
    await fetch(`http://127.0.0.1:${PORT}${path}`, { signal: AbortSignal.timeout(2000) }).catch(() => {});
  }
  process.exit();
}
