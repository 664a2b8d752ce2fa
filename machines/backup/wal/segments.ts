import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** A file of the write-ahead log's folder: a segment, or (`history`) how a timeline branched off. */
export interface LogFile {
  file: string;
  /** Its name as Postgres calls it: timeline, log, segment, each 8 hex digits; or `<timeline>.history`. */
  segment: string;
  compressed: boolean;
  /** Still being streamed: its end is zeros. */
  partial: boolean;
}

const SEGMENT = /^([0-9A-F]{24}|[0-9A-F]{8}\.history)(\.gz)?(\.partial)?$/;

/** The segments from `startWal` on, and all histories, by name. What the archive command is writing is not among them. */
export function listSegments(folder: string, startWal: string): LogFile[] {
  const files = readdirSync(folder).flatMap((file): LogFile[] => {
    const [, segment, gz, partial] = SEGMENT.exec(file) ?? [];
    if (segment === undefined || (gz && partial) || isBefore(segment, startWal)) return [];
    return [{ file, segment, compressed: gz !== undefined, partial: partial !== undefined }];
  });
  const whole = new Set(files.filter(({ partial }) => !partial).map(({ segment }) => segment));
  // The last write to a segment may have left its beginning behind.
  return files
    .filter(({ segment, partial }) => !partial || !whole.has(segment))
    .sort((a, b) => (a.segment < b.segment ? -1 : 1));
}

/**
 * Whether the log does not need a file any more that begins at `segment`. The order holds over timelines (as in
 * pg_archivecleanup). Timelines' history files have another form, and stay.
 */
export function isBefore(file: string, segment: string): boolean {
  return /^[0-9A-F]{24}(\.|$)/.test(file) && file.slice(8, 24) < segment.slice(8);
}

/** A segment's place in the log, over all timelines. Source: XLogSegNo in xlog_internal.h. */
export function positionOf(segment: string, segmentBytes: number): number {
  const perLog = 0x1_0000_0000 / segmentBytes;
  return Number.parseInt(segment.slice(8, 16), 16) * perLog + Number.parseInt(segment.slice(16, 24), 16);
}

export interface Chain {
  /** The last whole segment without a hole before it, undefined when there is none. */
  last: LogFile | undefined;
  /** The position of the first segment that is missing though later ones are there. */
  hole: number | undefined;
}

/** Follows the log from `startWal` on. `within`: segments that the base backup brings itself. */
export function followLog(
  files: LogFile[],
  { startWal, within, segmentBytes }: { startWal: string; within: string[]; segmentBytes: number },
): Chain {
  const place = (segment: string) => positionOf(segment, segmentBytes);
  const segments = files.filter(({ segment }) => segment.length === 24);
  const there = new Set([...segments.map(({ segment }) => segment), ...within].map(place));
  const end = Math.max(...there, -1);
  let hole: number | undefined;
  for (let at = place(startWal); at <= end && hole === undefined; at++) if (!there.has(at)) hole = at;
  const reached = segments.filter(
    ({ segment, partial }) => !partial && (hole === undefined || place(segment) < hole),
  );
  return { last: reached.at(-1), hole };
}

/** Whether a segment can be read to its end and has its size. One that is still being streamed always can. */
export async function isWholeSegment(
  folder: string,
  { file, compressed, segment }: LogFile,
  segmentBytes: number,
) {
  const path = join(folder, file);
  if (!existsSync(path)) return false;
  if (segment.length !== 24) return true;
  if (!compressed) return statSync(path).size === segmentBytes;
  let size = 0;
  const count = new Writable({
    write(chunk: Buffer, _, done) {
      size += chunk.length;
      done();
    },
  });
  try {
    await pipeline(createReadStream(path), createGunzip(), count);
  } catch {
    return false;
  }
  return size === segmentBytes;
}
