import { z } from 'zod';
import { text } from './text.ts';

/** What a file shows. A return's hand-over is proven by a photo too. */
export const PROOF_KINDS = ['photo', 'signature'] as const;
export const ProofKind = z.enum(PROOF_KINDS);
export type ProofKind = z.infer<typeof ProofKind>;

/** What a file may be, by its content. */
export const PROOF_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
export const ProofType = z.enum(PROOF_TYPES);
export type ProofType = z.infer<typeof ProofType>;

export const MAX_PROOF_BYTES = 5 * 1024 * 1024;
/** A larger picture than any phone takes is made to exhaust who opens it. */
export const MAX_PROOF_PIXELS = 60_000_000;
export const MAX_PROOF_SIDE = 16_000;
/** Files of one order by one person. */
export const MAX_PROOFS = 20;
/** A link to a file is good for so long. */
export const PROOF_LINK_SECONDS = 300;

/** A wrong PIN may be tried so often; then a manager must override it. */
export const PIN_TRIES = 5;
export const PIN_DIGITS = 4;
export const Pin = z.string().regex(/^\d{4,6}$/, { message: 'must be 4 to 6 digits' });

/** What the driver shows for a step. The files were uploaded before. */
export const ProofGiven = z.strictObject({
  photoIds: z.array(z.uuid()).max(MAX_PROOFS).optional(),
  signatureId: z.uuid().optional(),
  /** As the customer told it. */
  pin: Pin.optional(),
  /** Who signed, or took it. */
  signedBy: text(200).optional(),
});
export type ProofGiven = z.infer<typeof ProofGiven>;

/** What the log keeps of a step's proof; never the PIN. */
export type StepDetails = {
  cashCollected?: number;
  photoIds?: string[];
  signatureId?: string;
  signedBy?: string;
  /** Of an edit: what of the order it changed. */
  changed?: string[];
};

/** What is demanded and has not been shown. */
export const MISSING_PROOFS = ['photo', 'signature', 'pin'] as const;
export type MissingProof = (typeof MISSING_PROOFS)[number];
