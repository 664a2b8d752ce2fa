import type postgres from 'postgres';

/** How much is asked of a client with `max` connections. */
export type PoolUse = { pool: string; inUse: number; waiting: number; max: number };

/**
 * The same client, counting what is under way in it: each query from when it is awaited, each transaction from its begin,
 * until it has ended in whatever way. postgres.js tells nobody of its own queue, so what is beyond `max` is said to wait:
 * a transaction then waits for a connection, and a single query is sent behind another's on the same one.
 */
export function countUse(pool: string, client: postgres.Sql): { client: postgres.Sql; use: () => PoolUse } {
  let underWay = 0;
  const ended = (): void => {
    underWay--;
  };
  // A query starts when somebody waits for it; one that is never waited for is a piece of another.
  const onceAwaited = (made: unknown): unknown => {
    if (!(made instanceof Promise)) return made;
    const wait = made.then.bind(made);
    let counted = false;
    // biome-ignore lint/suspicious/noThenProperty: a query is a promise that starts when its `then` is called.
    made.then = (fulfilled, rejected) => {
      if (!counted) {
        counted = true;
        underWay++;
        void wait(ended, ended);
      }
      return wait(fulfilled, rejected);
    };
    return made;
  };
  const unsafe = (...args: unknown[]) => onceAwaited(Reflect.apply(client.unsafe, client, args));
  const begin = (...args: unknown[]) => {
    const transaction: Promise<unknown> = Reflect.apply(client.begin, client, args);
    underWay++;
    void transaction.then(ended, ended);
    return transaction;
  };
  const counting = new Proxy(client, {
    apply: (target, self, args) => onceAwaited(Reflect.apply(target, self, args)),
    get: (target, name) =>
      name === 'unsafe' ? unsafe : name === 'begin' ? begin : Reflect.get(target, name),
  });
  const { max } = client.options;
  return {
    client: counting,
    use: () => ({ pool, inUse: Math.min(underWay, max), waiting: Math.max(0, underWay - max), max }),
  };
}
