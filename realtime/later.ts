/** Runs once after so many milliseconds (at most a day); returns how to call it off. Never keeps a process alive. */
export function later(ms: number, run: () => void): () => void {
  const timer: unknown = setTimeout(run, Math.min(Math.max(0, ms), 86_400_000));
  // A number on workerd.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref();
  }
  // What setTimeout returned is what clearTimeout takes, whichever runtime this is.
  return () => clearTimeout(timer as number);
}
