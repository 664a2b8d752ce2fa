/** What DropMate says of a request that it did not fulfil (RFC 9457). */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** For programs, as `not_found` or `illegal_transition`. */
  code: string;
  requestId: string;
  /** Of bad input: where, and what is wrong there. */
  errors?: { path: string; message: string }[];
};

/** Thrown for every answer that is not 2xx, and when there was none (`status` 0, `code` `no_answer`). */
export class DropMateError extends Error {
  override readonly name = 'DropMateError';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly errors: readonly { path: string; message: string }[];
  /** Seconds that one was asked to wait. */
  readonly retryAfter: number | undefined;
  /** All that was said, with what a code has of its own, as `legal` or `missing`. */
  readonly problem: Partial<Problem> & Record<string, unknown>;

  constructor(
    status: number,
    problem: Partial<Problem> & Record<string, unknown>,
    { retryAfter, cause }: { retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(problem.detail ?? problem.title ?? `DropMate answered ${status}.`, { cause });
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.requestId = problem.requestId;
    this.errors = problem.errors ?? [];
    this.retryAfter = retryAfter;
    this.problem = problem;
  }
}

/** The error of an answer that is not 2xx; one that is no problem document is told by its status. */
export async function errorOf(response: Response): Promise<DropMateError> {
  const text = await response.text().catch(() => '');
  const retryAfter = retryAfterOf(response);
  return new DropMateError(response.status, problemOf(text), { retryAfter });
}

function problemOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** In seconds; undefined when the answer does not ask to wait. */
export function retryAfterOf(response: Response): number | undefined {
  const header = response.headers.get('Retry-After');
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
