/** The part that is used here. */
declare module 'openapi-to-postmanv2' {
  type Url = { host: string[]; path: string[]; query?: unknown; variable?: unknown };
  type Item = {
    name: string;
    item?: Item[];
    request?: { method: string; url: Url; description?: unknown };
  };
  type Result =
    | { result: true; output: { type: 'collection'; data: { item: Item[] } }[] }
    | { result: false; reason: string };

  export function convertV2(
    input: { type: 'json'; data: unknown },
    options: Record<string, unknown>,
    done: (error: Error | null, result: Result) => void,
  ): void;
  /** Whether it is a description that can be converted. */
  export function validate(input: { type: 'json'; data: unknown }): { result: boolean; reason?: string };
}
