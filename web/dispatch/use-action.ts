import { useState } from 'preact/hooks';
import { type ApiProblem, problemOfFailure } from '../session/problem.ts';

/** One act at a time, and why the last one failed; what was filled in stays with the component. */
export function useAction(): {
  isBusy: boolean;
  problem: ApiProblem | null;
  run: (act: () => Promise<void>) => Promise<void>;
} {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const run = async (act: () => Promise<void>): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem(problemOfFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problem, run };
}
