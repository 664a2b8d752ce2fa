import { useEffect, useState } from 'preact/hooks';

export type Loaded<T> = {
  /** The newest that could be had; null until the first came. */
  value: T | null;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
  /** Puts in what is known without asking, after an act of the reader's own. */
  set: (value: T) => void;
};

/** Loads something when the component is shown, and again when a key changes. What was there stays while it loads, and when it fails. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<Pick<Loaded<T>, 'value' | 'error' | 'isLoading'>>({
    value: null,
    error: null,
    isLoading: true,
  });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setState((known) => ({ ...known, isLoading: true }));
    load(abort.signal).then(
      (value) => abort.signal.aborted || setState({ value, error: null, isLoading: false }),
      (error) => abort.signal.aborted || setState((known) => ({ ...known, error, isLoading: false })),
    );
    return () => abort.abort();
  }, [...keys, attempt]);
  return {
    ...state,
    reload: () => setAttempt((n) => n + 1),
    set: (value) => setState({ value, error: null, isLoading: false }),
  };
}
