import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addHistograms, countOf, type Histogram, quantile } from './histogram.ts';

/** As the SQL function does it. */
const bucketOf = (seconds: number): number => Math.floor(Math.log(Math.max(1, seconds)) / Math.log(1.05));
const histogramOf = (durations: number[]): Histogram =>
  addHistograms(durations.map((seconds) => ({ [bucketOf(seconds)]: 1 })));

test('a quantile is within 2.5 % (or a second) of the exact one, however the days are cut', () => {
  const durations = fc.array(fc.integer({ min: 1, max: 604_800 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.9), fc.nat(), (all, share, cut) => {
      const at = cut % (all.length + 1);
      const sum = addHistograms([histogramOf(all.slice(0, at)), histogramOf(all.slice(at))]);
      expect(countOf(sum)).toBe(all.length);
      const sorted = [...all].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
      expect(Math.abs((quantile(sum, share) ?? 0) - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.0251));
    }),
  );
});

test('of nothing there is none', () => {
  expect(quantile({}, 0.5)).toBeNull();
  expect(countOf(addHistograms([]))).toBe(0);
});
