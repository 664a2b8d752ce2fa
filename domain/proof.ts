import { z } from 'zod';

/** What a file shows. A return's hand-over is proven by a photo too. */
export const PROOF_KINDS = ['photo', 'signature'] as const;
export const ProofKind = z.enum(PROOF_KINDS);
export type ProofKind = z.infer<typeof ProofKind>;

export const MAX_PROOF_BYTES = 5 * 1024 * 1024;

/** A wrong PIN may be tried so often; then a manager must override it. */
export const PIN_TRIES = 5;
export const Pin = z.string().regex(/^\d{4,6}$/, { message: 'must be 4 to 6 digits' });
