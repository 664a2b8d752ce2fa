import { readIngest } from './parse.ts';
import type { IngestEndpoint, IngestRequest } from './request.ts';

export const TOKEN = 'dm_dev_q7Xb2mZ0t4WcV9sLhK3eRA';
export const RECEIVED_AT = Date.parse('2026-11-22T13:00:30.000Z');

/** For tests: a request as it came over the wire. */
export function aRequest(change: Partial<IngestRequest> = {}): IngestRequest {
  return { method: 'POST', query: '', headers: {}, body: '', receivedAt: RECEIVED_AT, ...change };
}

/** For tests: what the endpoint makes of it. */
export function ingest(endpoint: IngestEndpoint, change: Partial<IngestRequest>) {
  const { token, parse } = readIngest(endpoint, aRequest(change));
  return { token, ...parse() };
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
export const JSON_TYPE = { 'content-type': 'application/json' };
