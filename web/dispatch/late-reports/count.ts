import type { Dispatch } from '../dispatch.ts';

const EVERY_MS = 60_000;

/** No room tells of late reports: they are counted now and each minute. Returns what ends it. */
export function countLateReports(dispatch: Dispatch): () => void {
  const count = async (): Promise<void> => {
    try {
      const answer = await dispatch.api.v1['late-reports'].$get({
        query: { settled: 'false', limit: '100' },
      });
      dispatch.lateReports.value = (await answer.json()).data.length;
    } catch {
      // The next minute will tell.
    }
  };
  void count();
  const timer = setInterval(() => void count(), EVERY_MS);
  return () => clearInterval(timer);
}
