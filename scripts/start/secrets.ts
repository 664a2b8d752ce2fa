import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { StartError } from './error.ts';
import { newVapidKeys } from './vapid.ts';

/** Private Ed25519 keys as JWKs; the first signs, all verify. */
export const signingKeysSchema = z
  .array(z.looseObject({ kid: z.string(), kty: z.literal('OKP'), d: z.string() }))
  .min(1);

const secretsSchema = z.object({
  /** 32 bytes, base64url: what service tokens, role passwords and stored PINs derive from. */
  secret: z.string().min(43),
  signingKeys: signingKeysSchema,
  /** For web push; what an older release made has none. */
  vapid: z.object({ publicKey: z.string(), privateKey: z.string() }).optional(),
  demo: z.object({ email: z.string(), password: z.string() }),
});

export type Secrets = z.infer<typeof secretsSchema>;

/** Reads `secrets.json` of the data folder, which the first start makes. Only the holder of the folder's lock may call it. */
export async function loadSecrets(dataFolder: string): Promise<Secrets> {
  const path = join(dataFolder, 'secrets.json');
  if (!existsSync(path)) saveSecrets(dataFolder, await generate());
  try {
    const kept = secretsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (kept.vapid) return kept;
    const secrets = { ...kept, vapid: newVapidKeys() };
    saveSecrets(dataFolder, secrets);
    return secrets;
  } catch (error) {
    const why = error instanceof z.ZodError ? 'it is incomplete' : String(error);
    throw new StartError(`The secrets in ${path} cannot be read: ${why}`);
  }
}

/** Replaces `secrets.json` as a whole, readable by its owner only. */
export function saveSecrets(dataFolder: string, secrets: Secrets): void {
  const path = join(dataFolder, 'secrets.json');
  writeFileSync(`${path}.partial`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.partial`, path);
}

export function newDemoLogin(): Secrets['demo'] {
  return {
    email: `demo-${randomBytes(3).toString('hex')}@cafe-sur.example`,
    password: randomBytes(12).toString('base64url'),
  };
}

async function generate(): Promise<Secrets> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  // As scripts/signing-keys/rotate.ts names them: the day tells the key's age.
  const kid = `${new Date().toISOString().slice(0, 10)}-${randomBytes(6).toString('base64url')}`;
  return secretsSchema.parse({
    secret: randomBytes(32).toString('base64url'),
    signingKeys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }],
    demo: newDemoLogin(),
  });
}
