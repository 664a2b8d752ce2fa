/** The part that is used here. */
declare module 'newman' {
  export type Execution = {
    item: { name: string };
    response?: { code: number; text: () => string };
  };
  export type Summary = {
    run: {
      executions: Execution[];
      failures: { source?: { name: string }; error: { message: string } }[];
      stats: { requests: { total: number; failed: number } };
    };
  };
  const newman: {
    run: (
      options: {
        collection: unknown;
        envVar: { key: string; value: string }[];
        timeoutRequest?: number;
      },
      done: (error: Error | null, summary: Summary) => void,
    ) => void;
  };
  export default newman;
}
