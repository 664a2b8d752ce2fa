/** What one check of the doctor found; `todo` says what to do about it when it is not `ok`. */
export type Finding = {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  says: string;
  todo?: string;
};

export const ok = (name: string, says: string): Finding => ({ name, state: 'ok', says });
export const warn = (name: string, says: string, todo: string): Finding => ({
  name,
  state: 'warn',
  says,
  todo,
});
export const fail = (name: string, says: string, todo: string): Finding => ({
  name,
  state: 'fail',
  says,
  todo,
});

/** Runs a check that may throw: that is a finding too. The reason is one line and holds no value of a secret. */
export async function attempt(name: string, todo: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    return fail(name, reason(error), todo);
  }
}

/** An error in one line: Postgres's and Node's say more by their code than by an empty message. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  return `${error.message.split('\n')[0]}${code}`.trim();
}
