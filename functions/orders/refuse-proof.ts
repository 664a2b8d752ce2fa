import { AppError, type FieldError } from '../../domain/errors.ts';
import { type MissingProof, PIN_TRIES } from '../../domain/proof.ts';
import type { StatusChange } from './status-change.ts';

/** What `check_proof` (db/sql/16) found wanting. */
export type ProofRefusal =
  | { outcome: 'unknown_proof'; ids: string[] }
  | { outcome: 'proof_missing'; missing: MissingProof[]; pin: { wrong: boolean; failures: number } | null };

const PATHS: Record<MissingProof, string> = {
  photo: 'proof.photoIds',
  signature: 'proof.signatureId',
  pin: 'proof.pin',
};

/** `unprocessable`, with the path of each; `missing` and `triesLeft` are for programs. */
export function refuseProof(refusal: ProofRefusal, { proof }: StatusChange): AppError {
  if (refusal.outcome === 'unknown_proof') {
    const pathOf = (id: string) => {
      const index = proof?.photoIds?.findIndex((given) => given.toLowerCase() === id) ?? -1;
      return index < 0 ? PATHS.signature : `${PATHS.photo}.${index}`;
    };
    return new AppError('unprocessable', 'The order has no such proof; upload it first.', {
      errors: refusal.ids.map((id) => ({ path: pathOf(id), message: 'is no proof of this order' })),
    });
  }
  const { missing, pin } = refusal;
  const errors = missing.map(
    (what): FieldError => ({
      path: PATHS[what],
      message: what === 'pin' && pin !== null ? aboutPin(pin) : 'is demanded of this delivery',
    }),
  );
  const triesLeft = pin === null ? undefined : Math.max(0, PIN_TRIES - pin.failures);
  return new AppError('unprocessable', `The delivery needs: ${missing.join(', ')}.`, {
    errors,
    extra: { missing, ...(triesLeft === undefined ? {} : { triesLeft }) },
  });
}

function aboutPin({ wrong, failures }: { wrong: boolean; failures: number }): string {
  if (failures >= PIN_TRIES) return 'was wrong too often: a manager must let the order go without it';
  return wrong ? 'is not the one that the customer has' : 'is demanded of this delivery';
}
