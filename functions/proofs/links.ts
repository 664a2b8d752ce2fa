import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { PROOF_LINK_SECONDS } from '../../domain/proof.ts';

export type ProofLink = { url: string; expiresAt: string };

export type ProofLinks = {
  /** A link to the file, good for PROOF_LINK_SECONDS, which whoever has it may open. */
  sign: (merchantId: string, proofId: string) => Promise<ProofLink>;
  /** What a link's token opens; undefined when it is none of ours or has expired. `secondsLeft` is at least 0. */
  verify: (
    token: string,
  ) => Promise<{ merchantId: string; proofId: string; secondsLeft: number } | undefined>;
};

const NAMES = { issuer: 'dropmate', audience: 'dropmate:proof' };
const Claims = z.object({ sub: z.uuid(), merchant: z.uuid(), exp: z.int() });

/** HS256 with a key of its own, derived from DROPMATE_SECRET: nothing else accepts it, nor does it accept anything else. */
export function createProofLinks(secret: string, publicUrl: string): ProofLinks {
  const key = new Uint8Array(
    hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'dropmate proof link', 32),
  );
  return {
    async sign(merchantId, proofId) {
      const expires = Math.floor(Date.now() / 1000) + PROOF_LINK_SECONDS;
      const token = await new SignJWT({ merchant: merchantId })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(NAMES.issuer)
        .setAudience(NAMES.audience)
        .setSubject(proofId)
        .setExpirationTime(expires)
        .sign(key);
      return {
        url: `${publicUrl}/v1/proofs/${proofId}/file?token=${token}`,
        expiresAt: new Date(expires * 1000).toISOString(),
      };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], ...NAMES });
        const { sub, merchant, exp } = Claims.parse(payload);
        const secondsLeft = Math.max(0, exp - Math.floor(Date.now() / 1000));
        return { merchantId: merchant, proofId: sub, secondsLeft };
      } catch {
        return undefined;
      }
    },
  };
}
