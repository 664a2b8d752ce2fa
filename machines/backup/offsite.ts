import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { mustRun } from './tools.ts';
import type { Volume } from './volume.ts';

/**
 * Copies a backup to BACKUP_OFFSITE, encrypted with age to public keys: what lies there, and this machine, cannot read
 * it. By rclone: it speaks S3 and forty others, repeats, checks what arrived, and takes its credentials from RCLONE_…
 * variables. The manifest goes last, so that a copy with one is whole. True when there is a place to copy to.
 */
export async function copyOffsite({ env, volume, signal }: Context, name: string): Promise<boolean> {
  if (!env.BACKUP_OFFSITE || !env.AGE_RECIPIENTS) return false;
  for (const file of [`${name}.dump`, `${name}.json`]) {
    const encrypted = await encrypt(volume, file, env.AGE_RECIPIENTS, signal);
    try {
      const target = `${env.BACKUP_OFFSITE.replace(/\/$/, '')}/${file}.age`;
      const flags = ['--retries=5', '--s3-no-check-bucket', '--config=/dev/null', '--log-level=ERROR'];
      await mustRun('rclone', ['copyto', ...flags, encrypted, target], { env: rcloneEnvironment(), signal });
    } finally {
      rmSync(encrypted, { force: true });
    }
  }
  return true;
}

async function encrypt(
  volume: Volume,
  file: string,
  recipients: string[],
  signal: AbortSignal,
): Promise<string> {
  const path = join(volume.dumps, `${file}.age`);
  const keys = recipients.flatMap((recipient) => ['--recipient', recipient]);
  await mustRun('age', ['--encrypt', ...keys, '--output', path, join(volume.dumps, file)], { signal });
  return path;
}

function rcloneEnvironment(): Record<string, string> {
  const wanted = Object.entries(process.env).filter(([name]) => /^(RCLONE|AWS)_/.test(name));
  return Object.fromEntries(wanted.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
