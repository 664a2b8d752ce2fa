import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Account } from './account.ts';

/**
 * Whether `account` can come to this program, read it and run it. By permission bits only: an access list that grants
 * more costs a copy, nothing else.
 */
export function canRun(program: string, account: Account): boolean {
  return allows(program, account, 0o5) && canEnter(dirname(program), account);
}

/** Whether `account` can come to this folder and go through it. */
export function canEnter(folder: string, account: Account): boolean {
  if (!allows(folder, account, 0o1)) return false;
  return folder === dirname(folder) || canEnter(dirname(folder), account);
}

function allows(path: string, account: Account, wanted: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return false;
  const shift = found.uid === account.uid ? 6 : found.gid === account.gid ? 3 : 0;
  return ((found.mode >> shift) & wanted) === wanted;
}
