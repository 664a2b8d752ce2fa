import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockHolder, takeLock } from './lock.ts';

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'lock');
}

test('a lock is taken once until it is released', () => {
  const path = newPath();
  const lock = takeLock(path);
  expect(takeLock(path)).toBeNull();
  expect(lockHolder(path)).toBe(String(process.pid));
  lock?.release();
  const again = takeLock(path);
  expect(again).not.toBeNull();
  again?.release();
});

test('a lock goes with the process that held it, even by kill -9', async () => {
  const path = newPath();
  const program = `
    const { takeLock } = await import(process.argv[1]);
    console.log(takeLock(process.argv[2]) !== null);
    setInterval(() => {}, 1000);`;
  const module = new URL('./lock.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, module, path]);
  const [line] = await once(child.stdout, 'data');
  expect(String(line).trim()).toBe('true');
  expect(takeLock(path)).toBeNull();
  expect(lockHolder(path)).toBe(String(child.pid));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = takeLock(path);
  expect(lock).not.toBeNull();
  lock?.release();
});
