import { z } from 'zod';

const url = z.url({ protocol: /^https?$/ });
const port = z.coerce.number().int().min(0).max(65_535);

/** The environment of the realtime process. */
export const Config = z.object({
  PORT: port,
  HOST: z.string().default('0.0.0.0'),
  FUNCTIONS_URL: url,
  PUBLIC_URL: url,
  DROPMATE_SECRET: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes as base64url'),
  METRICS_PORT: port.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
export type Config = z.infer<typeof Config>;
