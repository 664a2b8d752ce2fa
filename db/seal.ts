import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What is stored but must not be readable in a dump: PINs, webhooks' signing secrets, answers that are repeated. */
export type Seal = {
  seal: (text: string) => string;
  /** Throws when it was sealed with another secret, for another purpose, or changed since. */
  open: (sealed: string) => string;
};

/**
 * AES-256-GCM with a key derived from DROPMATE_SECRET (HKDF-SHA256); `purpose` keeps what is sealed for one thing from
 * being opened as another. The text is base64url of nonce (12 bytes), tag (16) and ciphertext.
 */
export function createSeal(secret: string, purpose: 'pin' | 'webhook' | 'answer'): Seal {
  const key = Buffer.from(
    hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', `dropmate seal ${purpose}`, 32),
  );
  return {
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}
