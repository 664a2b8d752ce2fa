import { isObject, parseJson } from './values.ts';

export const INGEST_ENDPOINTS = ['osmand', 'owntracks', 'overland'] as const;
export type IngestEndpoint = (typeof INGEST_ENDPOINTS)[number];

/** What a route hands over: strings only. Names of headers in lower case; `receivedAt` in ms since 1970. */
export type IngestRequest = {
  method: string;
  /** The part of the URL after the question mark. */
  query: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  receivedAt: number;
};

/** The request with its query, its form and its JSON read, once for the token and the positions. */
export type OpenedRequest = IngestRequest & {
  /** Query and form; where both have a name, the form's value. */
  params: Readonly<Record<string, string>>;
  /** `undefined` when the body is not JSON. */
  json: unknown;
  hasBody: boolean;
  isJson: boolean;
};

/** Never throws: what cannot be read is not there. */
export function openRequest(request: IngestRequest): OpenedRequest {
  const body = request.body.trim();
  // OwnTracks and Overland name their type; scripts with a custom URL often do not.
  const isJson =
    body !== '' && (/\bjson\b/i.test(request.headers['content-type'] ?? '') || /^[{[]/.test(body));
  const query = Object.fromEntries(new URLSearchParams(request.query));
  const form = isJson ? {} : Object.fromEntries(new URLSearchParams(body));
  return {
    ...request,
    params: { ...query, ...form },
    json: isJson ? parseJson(body) : undefined,
    hasBody: body !== '',
    isJson,
  };
}

/** Traccar Client 9 wraps the position; Client 10 sends it (or a list) bare. */
export function isTraccar9(json: unknown): boolean {
  return isObject(json) && isObject(json.location);
}
