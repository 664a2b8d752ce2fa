export interface Policy {
  hourly: number;
  daily: number;
  weekly: number;
  monthly: number;
}

export const POLICY: Policy = { hourly: 24, daily: 14, weekly: 8, monthly: 12 };

/**
 * Which backups stay: of each of the last 24 hours, 14 days, 8 weeks (from Monday) and 12 months, in UTC, the newest.
 * Only hours (days, …) that have a backup are counted, so that nothing ages away while none are made. Order is no matter.
 */
export function chooseKept<T extends { at: Date }>(backups: T[], policy: Policy = POLICY): Set<T> {
  const newestFirst = backups.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const kept = new Set<T>(newestFirst.slice(0, 1));
  for (const span of ['hourly', 'daily', 'weekly', 'monthly'] as const) {
    const spans = new Set<string>();
    for (const backup of newestFirst) {
      const name = SPANS[span](backup.at);
      if (spans.has(name)) continue;
      if (spans.size >= policy[span]) break;
      spans.add(name);
      kept.add(backup);
    }
  }
  return kept;
}

const DAY_MS = 86_400_000;

const SPANS: Record<keyof Policy, (at: Date) => string> = {
  hourly: (at) => at.toISOString().slice(0, 13),
  daily: (at) => at.toISOString().slice(0, 10),
  // The day 0 of Unix time was a Thursday.
  weekly: (at) => String(Math.floor((at.getTime() / DAY_MS + 3) / 7)),
  monthly: (at) => at.toISOString().slice(0, 7),
};
