/** Rejects with code ETIMEDOUT after so long, or when aborted; the work itself may go on unheard. */
export function withDeadline<T>(ms: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(Object.assign(new Error('no end in time'), { code: 'ETIMEDOUT' })),
      ms,
    );
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else work().then(resolve, reject).finally(clear);
    function clear(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  });
}
