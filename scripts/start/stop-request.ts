/** A wish to stop: a signal from the operator, or the end of the npm that started us. */
export interface StopRequest {
  signal: AbortSignal;
  requested: Promise<void>;
}

/** Ctrl-C reaches npm as well, which may pass it on: what comes within this time is the same wish. */
const SAME_WISH_MS = 1000;

/** Listens for SIGINT, SIGTERM and SIGHUP. A second one, later than a second, calls `force`. */
export function stopRequest(force: () => never): StopRequest {
  const controller = new AbortController();
  let since = 0;
  const request = () => {
    if (!controller.signal.aborted) {
      since = performance.now();
      controller.abort();
    } else if (performance.now() - since > SAME_WISH_MS) {
      force();
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, request);
  if (process.env.npm_lifecycle_event) stopWithParent(request);
  return {
    signal: controller.signal,
    requested: new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve())),
  };
}

// npm runs us in a shell, and a SIGTERM to npm ends that shell only.
function stopWithParent(request: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    request();
  }, 500);
  timer.unref();
}
