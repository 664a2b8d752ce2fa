/**
 * Something the operator must put right or must know; its message is one line, fit for a log.
 * `refused`: nothing was done, because of the state of things. `failed`: it was tried and did not come out right.
 */
export class BackupError extends Error {
  override name = 'BackupError';
  readonly kind: 'usage' | 'refused' | 'failed';

  constructor(kind: 'usage' | 'refused' | 'failed', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What the process ends with: 0 is done. */
export const EXIT_CODES = { failed: 1, usage: 2, refused: 3 } as const;

const LONGEST = 500;

/** One line about an error, short enough that a row of the database which some tool quotes is not logged whole. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, LONGEST);
  // A connection that was refused on several addresses has its reasons within.
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  if (inner && !error.message) return describe(inner);
  const code = 'code' in error ? String(error.code) : error.name;
  return (error.message.split('\n')[0] || code).slice(0, LONGEST);
}
