import { z } from 'zod';

/** An empty variable is one that is not set. */
const given = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);
const url = z.url({ protocol: /^https?$/ });
const port = z.coerce.number().int().min(0).max(65_535);
const level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

/** The environment of the realtime process. */
export const Config = z.object({
  PORT: given(port),
  HOST: given(z.string().default('0.0.0.0')),
  FUNCTIONS_URL: url,
  PUBLIC_URL: url,
  DROPMATE_SECRET: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes as base64url'),
  METRICS_PORT: given(port.optional()),
  LOG_LEVEL: given(level.default('info')),
});
export type Config = z.infer<typeof Config>;
