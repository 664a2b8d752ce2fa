import { z } from 'zod';
import { SIGNUP_MODES } from './deps.ts';
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

const Environment = z.object({
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
  /** Set by Fly on its machines. */
  FLY_APP_NAME: optional(z.string()),
  /** Between saying "not ready" and refusing connections, so that a load balancer has looked. */
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** Requests a minute, in each process; 0 is no limit. */
  RATE_LIMIT_PER_CREDENTIAL: z.coerce.number().int().min(0).default(3000),
  RATE_LIMIT_PER_ADDRESS: z.coerce.number().int().min(0).default(600),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

/** Parses the process's environment. Throws with one line that names each variable that is wrong, never its value. */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  const parsed = Environment.safeParse(variables);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`);
  throw new Error(`The environment is not right. ${wrong.join('; ')}.`);
}
