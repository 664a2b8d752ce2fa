import { expect, test } from 'vitest';
import { followLog, isBefore, type LogFile } from './segments.ts';

const SEGMENT_BYTES = 16 * 1024 * 1024;
const name = (log: number, segment: number, timeline = 1) =>
  [timeline, log, segment].map((part) => part.toString(16).toUpperCase().padStart(8, '0')).join('');
const file = (segment: string, partial = false): LogFile => ({
  file: segment,
  segment,
  compressed: false,
  partial,
});
const follow = (files: LogFile[], within: string[] = []) =>
  followLog(files, { startWal: name(0, 254), within, segmentBytes: SEGMENT_BYTES });

test('the log is followed over the end of a log file, and to its last whole segment', () => {
  const files = [file(name(0, 254)), file(name(0, 255)), file(name(1, 0)), file(name(1, 1), true)];
  expect(follow(files)).toEqual({ last: file(name(1, 0)), hole: undefined });
});

test('a hole ends it', () => {
  const { last, hole } = follow([file(name(0, 254)), file(name(1, 0)), file(name(1, 1))]);
  expect([last?.segment, hole]).toEqual([name(0, 254), 255]);
  expect(follow([file(name(0, 255))])).toEqual({ last: undefined, hole: 254 });
});

test('what the base backup brings itself need not be there, and another timeline goes on', () => {
  expect(follow([file(name(0, 255, 2))], [name(0, 254)])).toEqual({
    last: file(name(0, 255, 2)),
    hole: undefined,
  });
  expect(follow([])).toEqual({ last: undefined, hole: undefined });
});

test('log before a base backup is known by its name, whatever it ends with', () => {
  const start = name(1, 1);
  const endings = ['', '.gz', '.partial', '.gz.age', '.partial.gz.age'];
  for (const ending of endings) {
    expect(isBefore(`${name(1, 0, 3)}${ending}`, start)).toBe(true);
    expect(isBefore(`${name(1, 1)}${ending}`, start)).toBe(false);
  }
  expect(isBefore('00000002.history', start)).toBe(false);
});
