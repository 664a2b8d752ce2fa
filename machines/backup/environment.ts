import { z } from 'zod';
import { BackupError } from './failure.ts';

const recipients = z
  .string()
  .transform((list) => list.split(/[\s,]+/).filter(Boolean))
  .pipe(
    z.array(
      z.string().regex(/^(age1[0-9a-z]{50,}|ssh-)/, 'must be public age keys (age1…), never a secret one'),
    ),
  );

const Environment = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    DROPMATE_SECRET: z
      .base64url()
      .refine((secret) => Buffer.from(secret, 'base64url').length === 32, 'must be 32 bytes in base64url')
      .optional(),
    BACKUP_DIR: z.string().min(1),
    BACKUP_SCRATCH: z.string().min(1).optional(),
    BACKUP_OFFSITE: z.string().regex(/:/, 'must be a remote of rclone, as s3:bucket/folder').optional(),
    AGE_RECIPIENTS: recipients.optional(),
    PG_BIN: z.string().min(1).optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .refine((env) => !env.BACKUP_OFFSITE || env.AGE_RECIPIENTS?.length, {
    path: ['AGE_RECIPIENTS'],
    message: 'must be set with BACKUP_OFFSITE: nothing leaves unencrypted',
  });

export type Environment = z.infer<typeof Environment>;

/** Reads the configuration. Throws a BackupError that names each variable at fault and shows no value. */
export function readEnvironment(env: Record<string, string | undefined>): Environment {
  const parsed = Environment.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const missing = env[name] === undefined && issue.code === 'invalid_type';
    return missing ? `${name} is missing` : `${name} ${issue.message}`;
  });
  throw new BackupError('usage', faults.join('; '));
}

/** `DATABASE_URL`, for what cannot be done without. */
export function requireUrl(env: Environment): string {
  if (env.DATABASE_URL) return env.DATABASE_URL;
  throw new BackupError('usage', 'DATABASE_URL is missing');
}
