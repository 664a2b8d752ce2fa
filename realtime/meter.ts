import type { FixSource, FixVerdict } from '../domain/fix.ts';
import type { Audience, Party } from '../domain/room-messages.ts';

export type FixOutcome = FixVerdict | 'unknown_driver';
export type FlushOutcome = 'written' | 'failed' | 'refused';

/** What the rooms count. On Node Prometheus' counters are behind it (metrics.ts), on workerd nothing. */
export type Meter = {
  fix(outcome: FixOutcome, source: FixSource): void;
  /** Messages handed to sockets. */
  sent(party: Party, count: number): void;
  /** A location that a slow reader did not get because a newer one took its place. */
  skipped(party: Party): void;
  /** From the arrival of a fix to its being handed to the last socket of a room. */
  fanOut(milliseconds: number): void;
  flush(outcome: FlushOutcome): void;
  socket(party: Party, audience: Audience, change: 1 | -1): void;
  refused(party: Party, code: string): void;
};

const nothing = (): void => {};

export const NO_METER: Meter = {
  fix: nothing,
  sent: nothing,
  skipped: nothing,
  fanOut: nothing,
  flush: nothing,
  socket: nothing,
  refused: nothing,
};
