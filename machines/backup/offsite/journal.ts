import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Volume, writeWhole } from '../volume.ts';

/** A file that was copied off-site and found there as it was sent. */
export interface Sent {
  /** Its path there. */
  path: string;
  /** Of what lies there, which is encrypted. */
  bytes: number;
  sha256: string;
}

const journalPath = (volume: Volume): string => join(volume.folder, 'offsite.journal');

/**
 * What this volume has sent, by path. What was encrypted cannot be made again to compare, so its hash is written down;
 * a line that was cut short by a crash does not count, and its file is sent again.
 */
export function readJournal(volume: Volume): Map<string, Sent> {
  const path = journalPath(volume);
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8').matchAll(/^(\S+) (\d+) ([0-9a-f]{64})$/gm);
  return new Map(
    [...lines].map(([, path = '', bytes, sha256 = '']) => [path, { path, bytes: Number(bytes), sha256 }]),
  );
}

/** Whether a file (its path without `.age`) lies off-site as it was sent, by what a listing says of its size. */
export function isSent(journal: Map<string, Sent>, listing: Map<string, number>, path: string): boolean {
  const sent = journal.get(`${path}.age`);
  return sent !== undefined && listing.get(sent.path) === sent.bytes;
}

/** Adds lines. Begins with a line's end, in case the last one was cut short. */
export function noteSent(volume: Volume, sent: Sent[]): void {
  const lines = sent.map(({ path, bytes, sha256 }) => `${path} ${bytes} ${sha256}\n`);
  appendFileSync(journalPath(volume), `\n${lines.join('')}`, { mode: 0o600 });
}

/** Writes it anew with what `keep` says. */
export async function shortenJournal(volume: Volume, keep: (path: string) => boolean): Promise<void> {
  const kept = [...readJournal(volume).values()].filter(({ path }) => keep(path));
  await writeWhole(
    journalPath(volume),
    kept.map(({ path, bytes, sha256 }) => `${path} ${bytes} ${sha256}\n`).join(''),
  );
}
