import { type AppError, ERROR_CODES } from '../domain/errors.ts';

/** The answer to a refused request: RFC 9457 problem+json, as everywhere in the API. */
export function problem(error: AppError): Response {
  const { status, title } = ERROR_CODES[error.code];
  const body = { type: 'about:blank', title, status, detail: error.message, code: error.code };
  return new Response(JSON.stringify({ ...body, errors: error.hints.errors }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
