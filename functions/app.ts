import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { uuidv7 } from 'uuidv7';
import { AppError } from '../domain/errors.ts';
import { actorId } from '../domain/policy.ts';
import { MAX_PROOF_BYTES } from '../domain/proof.ts';
import type { ApiEnv } from './api.ts';
import { authenticate } from './authenticate.ts';
import { deadline } from './deadline.ts';
import type { Deps } from './deps.ts';
import { health } from './health.ts';
import { MAX_INGEST_BYTES } from './ingest/parse.ts';
import { internal } from './internal/routes.ts';
import { describe } from './openapi.ts';
import { MAX_IMPORT_BYTES } from './orders/import.ts';
import { toProblem } from './problem.ts';
import { type RateLimits, rateLimits } from './rate-limit.ts';
import { isService, SERVICES, type ServiceName } from './services.ts';

const MOST_BODY_BYTES = 256 * 1024;
/** A fleet room's batch covers all of its drivers. */
const MOST_INTERNAL_BYTES = 8 * 1024 * 1024;

/** A file, and what a form has around it. */
const MOST_UPLOAD_BYTES = MAX_PROOF_BYTES + 16 * 1024;
/** So long a body may take to come in (main.ts). */
const UPLOAD_MS = 30_000;

/** The whole HTTP surface of one process: those services, or all of them. Nothing is connected or read here. */
export function createApp(names: readonly ServiceName[], deps: Deps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  const all = Object.keys(SERVICES).filter(isService);
  const services = names.length > 0 ? names : all;

  app.use(async (c, next) => {
    const started = performance.now();
    c.set('requestId', uuidv7());
    c.set('log', deps.log.child({ requestId: c.var.requestId }));
    c.header('X-Request-Id', c.var.requestId);
    c.header('X-Content-Type-Options', 'nosniff');
    await next();
    report(deps, c, performance.now() - started);
  });
  const limits = {
    internal: atMost(MOST_INTERNAL_BYTES),
    ingest: atMost(MAX_INGEST_BYTES),
    uploads: atMost(MOST_UPLOAD_BYTES),
    sheets: atMost(MAX_IMPORT_BYTES),
    others: atMost(MOST_BODY_BYTES),
  };
  app.use((c, next) => limits[bodyKind(c.req.path)](c, next));
  const usual = deadline(deps);
  // A picture comes slowly from a phone, and a sheet from a shop: that is not the database's fault.
  const patient = deadline(deps, UPLOAD_MS);
  app.use((c, next) => (PATIENT.has(bodyKind(c.req.path)) ? patient : usual)(c, next));
  const { byAddress, byCredential } = rateLimits(deps.rateLimits ?? NO_LIMITS, {
    isOpen,
    onFly: deps.onFly ?? false,
  });
  app.use('/t/*', byAddress);
  app.use('/v1/*', byAddress, authenticateWhereAsked(deps), byCredential);
  app.onError(toProblem);
  app.notFound((c) => toProblem(unknownRoute(app, c.req.method, c.req.path), c));

  app.route('/', health(deps));
  app.route('/', internal(deps));
  mount(app, services, deps);
  // The others' routes are made for their description only, when it is first asked for.
  const isWhole = all.every((name) => services.includes(name));
  describe(app, () => (isWhole ? app : mount(new OpenAPIHono<ApiEnv>(), all, deps)));
  return app;
}

function mount(app: OpenAPIHono<ApiEnv>, services: readonly ServiceName[], deps: Deps) {
  for (const name of services) app.route('/', SERVICES[name](deps));
  return app;
}

const atMost = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError('too_large', `A body is at most ${maxSize / 1024} KB.`);
    },
  });

type BodyKind = 'internal' | 'ingest' | 'uploads' | 'sheets' | 'others';
const PATIENT: ReadonlySet<BodyKind> = new Set(['uploads', 'sheets']);

function bodyKind(path: string): BodyKind {
  if (path.startsWith('/internal/')) return 'internal';
  if (path.startsWith('/v1/ingest/')) return 'ingest';
  if (path === '/v1/orders/import') return 'sheets';
  return /^\/v1\/orders\/[^/]+\/proofs$/.test(path) ? 'uploads' : 'others';
}

/**
 * These routes have another credential, in the body, the path or where a tracker's protocol puts it. An Authorization
 * header on them says nothing: who renews a session with an expired token in it must not be refused for that.
 */
const OPEN = /^\/v1\/((auth|tracking|ingest|proofs|notifications\/unsubscribe)\/|merchants$)/;
const isOpen = (path: string): boolean => OPEN.test(path);
const NO_LIMITS: RateLimits = { perCredential: 0, perAddress: 0 };

function authenticateWhereAsked(deps: Deps) {
  const check = authenticate(deps);
  return (async (c, next) => (isOpen(c.req.path) ? next() : check(c, next))) satisfies typeof check;
}

type Context = Parameters<Parameters<OpenAPIHono<ApiEnv>['notFound']>[0]>[0];

/** One line a request, and its metrics. The pattern stands for the path, which may hold a token. */
function report(deps: Deps, c: Context, ms: number): void {
  const pattern = routePath(c, -1);
  const route = pattern === '/*' || pattern === '/v1/*' ? 'unknown' : pattern;
  const { method } = c.req;
  const { status } = c.res;
  deps.metrics.requests.inc({ method, route, status });
  deps.metrics.latency.observe({ method, route }, ms / 1000);
  if (route === '/healthz' || route === '/readyz' || route === '/metrics') return;
  const actor = c.var.actor;
  // Rooms ask every few seconds; what matters of it is in the metrics.
  const level = route.startsWith('/internal/') ? 'debug' : 'info';
  c.var.log[level](
    {
      method,
      route,
      status,
      ms: Math.round(ms * 10) / 10,
      ...(actor === undefined
        ? {}
        : { actor: `${actor.type}:${actorId(actor)}`, merchant: actor.merchantId }),
    },
    'request',
  );
}

/** 405 with `Allow` where the path is known with other methods, else 404. */
function unknownRoute(app: OpenAPIHono<ApiEnv>, method: string, path: string): AppError {
  const others = METHODS.filter((other) => other !== method && hasRoute(app, other, path));
  if (others.length === 0) return new AppError('not_found', 'There is nothing at this path.');
  return new AppError('method_not_allowed', `This path answers ${others.join(', ')}.`, { allow: others });
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** A path's handlers besides the middleware, which is registered for all methods. */
function hasRoute(app: OpenAPIHono<ApiEnv>, method: string, path: string): boolean {
  const [matches] = app.router.match(method, path);
  return matches.some(([[, route]]) => route.method === method);
}
