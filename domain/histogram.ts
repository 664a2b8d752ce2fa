/** Counts by bucket, as `duration_bucket` of db/sql/20_analytics.sql numbers them: 1.05ⁿ seconds and up. Kept sparse. */
export type Histogram = Readonly<Record<string, number>>;

const WIDTH = 1.05;

/** Of several days. */
export function addHistograms(histograms: readonly Histogram[]): Histogram {
  const sum: Record<string, number> = {};
  for (const histogram of histograms) {
    for (const [bucket, count] of Object.entries(histogram)) sum[bucket] = (sum[bucket] ?? 0) + count;
  }
  return sum;
}

export const countOf = (histogram: Histogram): number =>
  Object.values(histogram).reduce((sum, count) => sum + count, 0);

/** Seconds within which that share (0 to 1) of all came: the middle of its bucket, so right within 2.5 %. Null of nothing. */
export function quantile(histogram: Histogram, share: number): number | null {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((a, b) => a.bucket - b.bucket);
  const rank = Math.max(1, Math.ceil(share * countOf(histogram)));
  let seen = 0;
  for (const { bucket, count } of buckets) {
    seen += count;
    if (seen >= rank) return Math.round(WIDTH ** (bucket + 0.5));
  }
  return null;
}
