import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import { AppError, ERROR_CODES, type ErrorCode, type FieldError, notFound } from '../domain/errors.ts';
import { type Action, type Actor, authorise } from '../domain/policy.ts';

export type ApiEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    log: Logger;
    /** Set when the request carries a good access token or API key. */
    actor: Actor | undefined;
  };
};

/** Routes that a signed-in actor reaches; `secured` has seen to it that there is one. */
export type SecuredEnv = { Variables: { actor: Actor } };

/** A router whose input errors are told with the path of each. */
export function router(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      // An id that is none names nothing.
      if (result.target === 'param') throw notFound('resource');
      throw new AppError('invalid', 'The request is not valid.', {
        errors: fieldErrors(result.error.issues),
      });
    },
  });
}

/** zod's issues as the problem document shows them; an unknown key is named by its own path. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known here' }));
    }
    return [{ path: path.join('.'), message: issue.message }];
  });
}

const signedInFor =
  (action: Action): MiddlewareHandler<ApiEnv & SecuredEnv> =>
  async (c, next) => {
    // The app sets the actor before any route runs; only here is it required.
    const actor: Actor | undefined = c.var.actor;
    if (actor === undefined) throw new AppError('unauthenticated', 'Send a bearer token or an API key.');
    authorise(actor, action);
    await next();
  };

/** Spread into a route: it needs an actor who may do this. Checked before the input is looked at. */
export const secured = (action: Action) => ({
  security: [{ bearer: [] as string[] }],
  middleware: signedInFor(action),
});

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

/** The error answers of a route, for OpenAPI. Handlers throw them, so their types need no such answers. */
export function problems(...codes: ErrorCode[]): Record<never, never> {
  const all: ErrorCode[] = ['invalid', 'unavailable', ...codes];
  const entries = all.map((code) => {
    const { status, title } = ERROR_CODES[code];
    return [status, { description: title, content: { 'application/problem+json': { schema: Problem } } }];
  });
  return Object.fromEntries(entries);
}

/**
 * As `secured`, for a route with an `optionalBody`. Clients send `Content-Type: application/json` out of habit, without a
 * body too: there is nothing to parse then.
 */
export function securedWithOptionalBody(action: Action) {
  const { security, middleware: signedIn } = secured(action);
  const middleware: typeof signedIn = (c, next) =>
    signedIn(c, async () => {
      // The request keeps the text, so the parser does not read it again.
      if ((await c.req.text()) === '') c.req.raw.headers.delete('Content-Type');
      await next();
    });
  return { security, middleware };
}

/** What every secured route may answer besides its own. */
export const securedProblems = (...codes: ErrorCode[]) => problems('unauthenticated', 'forbidden', ...codes);

export const answer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const body = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
});

/** For routes whose body may be left out; it is `{}` then. */
export const optionalBody = <T extends z.ZodType>(schema: T) => ({
  required: false,
  content: { 'application/json': { schema } },
});

export const IdParam = z.object({ id: z.uuid().openapi({ param: { name: 'id', in: 'path' } }) });
