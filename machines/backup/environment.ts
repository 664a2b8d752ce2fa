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

const remote = z
  .string()
  .regex(/:/, 'must be a remote of rclone, as s3:bucket/folder')
  // It is an argument of rclone, for all on this machine to see.
  .refine((text) => !/(secret|pass|key|token)[^,:]*=/i.test(text), 'must hold no credentials: set RCLONE_…')
  .transform((text) => text.replace(/\/+$/, ''));

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DROPMATE_SECRET: z
    .base64url()
    .refine((secret) => Buffer.from(secret, 'base64url').length === 32, 'must be 32 bytes in base64url')
    .optional(),
  BACKUP_DIR: z.string().min(1),
  BACKUP_MOUNTED: z.stringbool().default(false),
  BACKUP_SCRATCH: z.string().min(1).optional(),
  BACKUP_OFFSITE: remote.optional(),
  BACKUP_OFFSITE_PRUNE: z.stringbool().default(false),
  AGE_RECIPIENTS: recipients.optional(),
  PG_BIN: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** `rclone` is what rclone is told by its environment: RCLONE_… and AWS_…, its credentials. */
export type Environment = z.infer<typeof Environment> & { rclone: Record<string, string> };

/** Reads the configuration. Throws a BackupError that names each variable at fault and shows no value. */
export function readEnvironment(env: Record<string, string | undefined>): Environment {
  const parsed = Environment.safeParse(env);
  if (parsed.success) return { ...parsed.data, rclone: rcloneEnvironment(env) };
  const faults = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const missing = env[name] === undefined && issue.code === 'invalid_type';
    return missing ? `${name} is missing` : `${name} ${issue.message}`;
  });
  throw new BackupError('usage', faults.join('; '));
}

function rcloneEnvironment(env: Record<string, string | undefined>): Record<string, string> {
  const wanted =
    /^((RCLONE|AWS)_.*|HTTPS?_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR)|GOOGLE_APPLICATION_CREDENTIALS)$/;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      wanted.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

/** `DATABASE_URL`, for what cannot be done without. */
export function requireUrl(env: Environment): string {
  if (env.DATABASE_URL) return env.DATABASE_URL;
  throw new BackupError('usage', 'DATABASE_URL is missing');
}

/** `BACKUP_OFFSITE`, likewise. */
export function requireOffsite(env: Pick<Environment, 'BACKUP_OFFSITE'>): string {
  if (env.BACKUP_OFFSITE) return env.BACKUP_OFFSITE;
  throw new BackupError('usage', 'BACKUP_OFFSITE is missing');
}

/** For what copies off-site: throws (usage) before anything is done when there is nobody to encrypt for. */
export function requireRecipients(env: Environment): void {
  if (!env.BACKUP_OFFSITE || env.AGE_RECIPIENTS?.length) return;
  throw new BackupError(
    'usage',
    'AGE_RECIPIENTS must be set with BACKUP_OFFSITE: nothing leaves unencrypted',
  );
}
