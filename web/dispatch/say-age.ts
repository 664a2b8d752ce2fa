import type { DispatchWords } from './words/words.ts';

/** How long ago, shortly: `8 s`, `3 min`, `2 h`. Milliseconds; what lies ahead is now. */
export function sayAge(milliseconds: number, { age }: DispatchWords): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return age.seconds(seconds);
  if (seconds < 3600) return age.minutes(Math.round(seconds / 60));
  if (seconds < 48 * 3600) return age.hours(Math.round(seconds / 3600));
  return age.days(Math.round(seconds / 86_400));
}
