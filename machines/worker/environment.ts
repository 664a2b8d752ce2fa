import { z } from 'zod';
import { RetentionVariables } from '../../domain/retention.ts';
import { NotificationVariables, wholeServices } from './notifications/environment.ts';

const Port = z.coerce.number().int().min(0).max(65535);

const Environment = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    DROPMATE_SECRET: z
      .base64url()
      .refine((secret) => Buffer.from(secret, 'base64url').length === 32, 'must be 32 bytes in base64url'),
    REALTIME_INTERNAL_URL: z.url({ protocol: /^https?$/ }),
    PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
    WEBHOOKS_ALLOW_INSECURE: z.enum(['0', '1']).optional(),
    ...NotificationVariables,
    ...RetentionVariables,
    HOST: z.string().min(1).default('0.0.0.0'),
    METRICS_PORT: Port.optional(),
    PORT: Port.optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .superRefine(wholeServices);
export type Environment = z.infer<typeof Environment>;

/**
 * Reads the worker's configuration; an empty variable is one that is not set. Throws an Error whose message is one line
 * and names each variable at fault.
 */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  const env = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return env[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`;
  });
  throw new Error(faults.join('; '));
}
