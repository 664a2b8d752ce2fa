import { AppError, type ErrorCode } from '../../domain/errors.ts';

/** What take_quote (db/sql) answers when the order cannot have the quote that it names. */
export type QuoteRefusal = { outcome: keyof typeof REFUSALS; orderId: string | null };

type Refusal = { code: ErrorCode; path: string; message: string };
const unfit = (path: string, message: string): Refusal => ({ code: 'unprocessable', path, message });

const REFUSALS = {
  no_quote: unfit('quoteId', 'is no quote of this merchant'),
  quote_taken: { code: 'conflict', path: 'quoteId', message: 'was taken by another order' },
  quote_expired: unfit('quoteId', 'has expired; ask for a new one'),
  quote_pickup: unfit('pickup', 'is not within 200 m of the place that was quoted'),
  quote_dropoff: unfit('dropoff', 'is not within 200 m of the place that was quoted'),
  quote_window: unfit('dropoff.window', 'is not the time that was quoted'),
} as const satisfies Record<string, Refusal>;

/** The error that says so. A quote that was taken tells by which order: perhaps the caller's own, whose answer was lost. */
export function refuseQuote({ outcome, orderId }: QuoteRefusal): AppError {
  const { code, path, message } = REFUSALS[outcome];
  return new AppError(code, `The order cannot have this quote: ${path} ${message}.`, {
    errors: [{ path, message }],
    extra: { reason: outcome, ...(orderId === null ? {} : { orderId }) },
  });
}
