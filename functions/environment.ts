import { z } from 'zod';
import { SIGNUP_MODES } from './deps.ts';
import type { ObjectStoreOptions } from './storage/object-store.ts';
import { SigningKey } from './tokens.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/$/, ''));
/** An empty variable is one that is not set. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const SigningKeys = z
  .string()
  .transform((value, context): unknown => {
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.tuple([SigningKey], SigningKey));

/** An S3-compatible store for proofs: all of these or none. */
const ObjectStoreVariables = {
  S3_ENDPOINT: optional(url),
  S3_BUCKET: optional(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')),
  S3_REGION: z.string().min(1).default('auto'),
  S3_ACCESS_KEY_ID: optional(z.string()),
  S3_SECRET_ACCESS_KEY: optional(z.string()),
};
const OBJECT_STORE = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;

function wholeObjectStore(
  env: Partial<Record<(typeof OBJECT_STORE)[number], string | undefined>>,
  context: z.RefinementCtx,
): void {
  const missing = OBJECT_STORE.filter((name) => env[name] === undefined);
  if (missing.length === OBJECT_STORE.length) return;
  for (const name of missing) {
    context.addIssue({ code: 'custom', path: [name], message: 'is needed with the other S3_ variables' });
  }
}

const Environment = z
  .object({
    PORT: port.default(8080),
    HOST: z.string().default('0.0.0.0'),
    METRICS_PORT: optional(port),
    PUBLIC_URL: url,
    REALTIME_URL: optional(url),
    REALTIME_INTERNAL_URL: url,
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    DROPMATE_SECRET: z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url'),
    SIGNING_KEYS: SigningKeys,
    DROPMATE_SIGNUP: z.enum(SIGNUP_MODES).default('first'),
    TILE_URL: optional(
      z.string().regex(/^https?:\/\/.*\{z\}.*\{x\}.*\{y\}/, 'must be a URL with {z}, {x} and {y}'),
    ),
    GEOCODER_URL: optional(url),
    /** The worker has the private one. */
    VAPID_PUBLIC_KEY: optional(z.string().regex(/^[\w-]{87}$/, 'must be 65 bytes in base64url')),
    WEBHOOKS_ALLOW_INSECURE: optional(z.enum(['0', '1'])),
    ...ObjectStoreVariables,
    /** Set by Fly on its machines. */
    FLY_APP_NAME: optional(z.string()),
    /** Between saying "not ready" and refusing connections, so that a load balancer has looked. */
    DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
    /** Requests a minute, in each process; 0 is no limit. */
    RATE_LIMIT_PER_CREDENTIAL: z.coerce.number().int().min(0).default(3000),
    RATE_LIMIT_PER_ADDRESS: z.coerce.number().int().min(0).default(600),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  })
  .superRefine(wholeObjectStore);
export type Environment = z.infer<typeof Environment>;

/** The object store that the environment names, if it names one. */
export function objectStoreOf(env: Environment): ObjectStoreOptions | undefined {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = env;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) return undefined;
  return { endpoint, bucket, region, accessKeyId, secretAccessKey };
}

/** Parses the process's environment. Throws with one line that names each variable that is wrong, never its value. */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  const parsed = Environment.safeParse(variables);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`);
  throw new Error(`The environment is not right. ${wrong.join('; ')}.`);
}
