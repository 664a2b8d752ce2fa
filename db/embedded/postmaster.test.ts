import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { disownPidFile, findPostmaster } from './postmaster.ts';

function clusterWithPid(pid: number): string {
  const cluster = mkdtempSync(join(tmpdir(), 'dropmate-cluster-'));
  onTestFinished(() => rmSync(cluster, { recursive: true, force: true }));
  const lines = [pid, cluster, 1, 15432, '', '127.0.0.1', '42 7', 'ready   '];
  writeFileSync(join(cluster, 'postmaster.pid'), lines.join('\n'));
  return cluster;
}

function sleeper(...args: string[]): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('The stand-in did not start.');
  return child.pid;
}

test('a pid that now belongs to another program is not taken for the server', () => {
  const cluster = clusterWithPid(sleeper());
  expect(findPostmaster(cluster)).toBeUndefined();
  disownPidFile(cluster);
  const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  expect(lines[0]).toBe(String(process.pid));
  expect(lines[6]).toBe('42 7');
});

test('a process that was started with the cluster is its server, and its file is left alone', async () => {
  const cluster = clusterWithPid(process.pid);
  const pid = sleeper('-D', cluster);
  const file = join(cluster, 'postmaster.pid');
  const content = readFileSync(file, 'utf8').replace(String(process.pid), String(pid));
  writeFileSync(file, content);
  await expect.poll(() => findPostmaster(cluster)).toEqual({ pid, port: 15432, ready: true });
  disownPidFile(cluster);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

test('a cluster without a pid file has no server', () => {
  const cluster = clusterWithPid(process.pid);
  rmSync(join(cluster, 'postmaster.pid'));
  expect(findPostmaster(cluster)).toBeUndefined();
});
