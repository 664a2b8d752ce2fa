import { resolve } from 'node:path';
import { z } from 'zod';
import { StartError } from './error.ts';
import { signingKeysSchema } from './secrets.ts';

const onOff = z.enum(['on', 'off']);
const url = z.url({ protocol: /^https?$/ });

const environmentSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  HOST: z.string().optional(),
  PUBLIC_URL: url.optional(),
  REALTIME_URL: url.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DROPMATE_DATA: z.string().default('.data'),
  DROPMATE_DEMO: onOff.optional(),
  DROPMATE_SIGNUP: z.enum(['on', 'first', 'off']).optional(),
  METRICS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  TILE_URL: z
    .string()
    .regex(/^https?:\/\/.*\{z\}.*\{x\}.*\{y\}/, 'it must be a URL with {z}, {x} and {y}')
    .optional(),
  GEOCODER_URL: url.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DROPMATE_SECRET: z
    .string()
    .regex(/^[\w-]{43}$/, 'it must be 32 bytes in base64url')
    .optional(),
  SIGNING_KEYS: z.string().transform(parseJson).pipe(signingKeysSchema).optional(),
});

export type Settings = ReturnType<typeof readSettings>;

/** The variables of the public surface with their defaults. An empty one counts as not set. Throws StartError. */
export function readSettings(environment: NodeJS.ProcessEnv) {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = environmentSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StartError(`${issue?.path.join('.')} is not usable: ${issue?.message}`);
  }
  const it = parsed.data;
  const embedded = it.DATABASE_URL === undefined;
  const demo = (it.DROPMATE_DEMO ?? (embedded ? 'on' : 'off')) === 'on';
  return {
    port: it.PORT,
    // The demo's logins are printed and its data is anybody's: it stays on this machine unless HOST says otherwise.
    host: it.HOST ?? (demo ? '127.0.0.1' : '0.0.0.0'),
    publicUrl: it.PUBLIC_URL?.replace(/\/$/, ''),
    realtimeUrl: it.REALTIME_URL?.replace(/\/$/, ''),
    databaseUrl: it.DATABASE_URL,
    dataFolder: resolve(it.DROPMATE_DATA),
    demo,
    signup: it.DROPMATE_SIGNUP ?? (embedded ? 'on' : 'first'),
    metricsPort: it.METRICS_PORT?.toString(),
    tileUrl: it.TILE_URL,
    geocoderUrl: it.GEOCODER_URL,
    logLevel: it.LOG_LEVEL,
    secret: it.DROPMATE_SECRET,
    signingKeys: it.SIGNING_KEYS,
  };
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
}
