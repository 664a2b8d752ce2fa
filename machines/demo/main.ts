import { z } from 'zod';
import { loadCity } from './city.ts';
import { startDrivers } from './drivers.ts';
import { createRouter } from './router.ts';
import { createSimulatedCity } from './scenario.ts';
import { createCityServer } from './server.ts';

const Environment = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
    HOST: z.string().default('127.0.0.1'),
    /** Without it, only the city is served. */
    DEMO_API_URL: z.url().optional(),
    DEMO_EMAIL: z.string().optional(),
    DEMO_PASSWORD: z.string().optional(),
    DEMO_SEED: z.coerce.number().int().default(1),
  })
  .refine((env) => !env.DEMO_API_URL || (env.DEMO_EMAIL && env.DEMO_PASSWORD), {
    path: ['DEMO_EMAIL'],
    message: 'DEMO_API_URL needs DEMO_EMAIL and DEMO_PASSWORD, a manager of the demo merchant',
  });

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const parsed = Environment.safeParse(process.env);
if (!parsed.success) {
  fail(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
const env = parsed.data;

const city = loadCity();
const router = createRouter(city);
const server = createCityServer(city, router);
server.on('error', (error) =>
  fail(`The demo city cannot listen on ${env.HOST}:${env.PORT}: ${error.message}`),
);
server.listen(env.PORT, env.HOST, () => console.log(`demo city on http://${env.HOST}:${env.PORT}`));

const drivers = env.DEMO_API_URL
  ? startDrivers({
      apiUrl: env.DEMO_API_URL.replace(/\/$/, ''),
      email: env.DEMO_EMAIL ?? '',
      password: env.DEMO_PASSWORD ?? '',
      city: createSimulatedCity(city, router),
      seed: env.DEMO_SEED,
      log: console.log,
    })
  : undefined;

const LONGEST_DRAIN_MS = 4_000;
let isStopping = false;
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  // An API that hangs must not keep this process: nothing here can be lost.
  setTimeout(() => process.exit(0), LONGEST_DRAIN_MS).unref();
  await drivers?.stop();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
