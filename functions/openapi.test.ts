import postman from 'openapi-to-postmanv2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../tests/support/app.ts';
import { createApp } from './app.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { isService, SERVICES } from './services.ts';

type Operation = {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: unknown; example?: unknown }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: unknown }> }>;
};
type Description = {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
};

let app: TestApp;
let description: Description;
let operations: [string, Operation, string][];

beforeAll(async () => {
  app = await createTestApp();
  const { status, body } = await app.request<Description>('GET', '/openapi.json');
  expect(status).toBe(200);
  description = body;
  operations = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation, string] => [
      `${method.toUpperCase()} ${path}`,
      operation,
      path,
    ]),
  );
});
afterAll(() => app.end());

describe('the description of the API', () => {
  test('is OpenAPI 3.1, with what that needs', () => {
    expect(description.openapi).toBe('3.1.0');
    expect(description.info).toMatchObject({ title: 'DropMate', version: expect.any(String) });
    expect(description.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
    });
    for (const [name, { summary, tags, responses }] of operations) {
      expect(summary, name).toMatch(/^[A-Z].*[^.]$/);
      expect(tags, name).toHaveLength(1);
      expect(Object.keys(responses).length, name).toBeGreaterThan(0);
      for (const [status, { description: told }] of Object.entries(responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(told, `${name} ${status}`).toBeTruthy();
      }
    }
  });

  test('names each operation by an id of its own, as a function is named', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-zA-Z]+$/);
    expect(ids).toEqual(
      expect.arrayContaining([
        ...['createOrder', 'listOrders', 'getOrder', 'updateOrder', 'assignOrder', 'changeOrderStatus'],
        ...['listOrderUpdates', 'createDriverDevice', 'replayWebhookDelivery', 'trackOrder', 'signUp'],
      ]),
    );
  });

  test('shows an example of each body in JSON, and of nothing else', () => {
    const bodies = operations.filter(([, { requestBody }]) => requestBody?.content['application/json']);
    for (const [name, { requestBody }] of bodies) {
      expect(requestBody?.content['application/json']?.example, name).toBeTypeOf('object');
    }
    expect(Object.keys(EXAMPLES).sort()).toEqual(bodies.map(([, { operationId }]) => operationId).sort());
  });

  test('is one that Postman and generators can read', () => {
    expect(postman.validate({ type: 'json', data: description })).toMatchObject({ result: true });
  });

  test('refers only to what it holds', () => {
    const references = [...JSON.stringify(description).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, to]) => to ?? '',
    );
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) {
      const found = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>(
          (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
          description,
        );
      expect(found, reference).toBeDefined();
    }
  });

  test('holds each route that the app answers below /v1, and no other', () => {
    const served = app.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const told = operations.map(([name]) => name).filter((name) => name.includes(' /v1/'));
    expect([...new Set(told)].sort()).toEqual([...new Set(served)].sort());
  });

  test('is the whole API from a process that serves a part of it, which serves no more by that', async () => {
    for (const name of Object.keys(SERVICES).filter(isService)) {
      const part = createApp([name], app.deps);
      const before = part.routes.length;
      const answer = await part.request('/openapi.json');
      expect(await answer.json(), name).toEqual(description);
      expect(part.routes, name).toHaveLength(before);
    }
    expect((await createApp(['accounts'], app.deps).request('/v1/orders')).status).toBe(404);
  });

  test('names every parameter of a path', () => {
    for (const [name, { parameters = [] }, path] of operations) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const given = parameters.filter((parameter) => parameter.in === 'path');
      expect(given.map((parameter) => parameter.name).sort(), name).toEqual(wanted.sort());
      expect(
        given.every(({ required }) => required === true),
        name,
      ).toBe(true);
    }
  });

  test('tells the error answers of each route as problem documents', () => {
    for (const [name, { responses, security, requestBody }, path] of operations) {
      const wanted = path.startsWith('/v1/') ? ['400', '429', '503'] : ['400', '503'];
      if (security !== undefined) wanted.push('401', '403');
      if (/\{\w+\}/.test(path) && !path.includes('/ingest/')) wanted.push('404');
      if (path.startsWith('/.well-known')) continue;
      expect(Object.keys(responses), name).toEqual(expect.arrayContaining(wanted));
      for (const [status, answer] of Object.entries(responses)) {
        if (status.startsWith('2')) continue;
        expect(Object.keys(answer.content ?? {}), `${name} ${status}`).toEqual(['application/problem+json']);
        expect(answer.content?.['application/problem+json']?.schema).toEqual({
          $ref: '#/components/schemas/Problem',
        });
      }
      if (requestBody !== undefined) expect(Object.keys(requestBody.content).length, name).toBeGreaterThan(0);
    }
  });

  test('says of each route that answers 401 without a token that it needs one', async () => {
    for (const [name, { security }, path] of operations) {
      const [method = ''] = name.split(' ');
      if (path.startsWith('/v1/ingest/')) continue;
      const target = path.replaceAll(/\{\w+\}/g, '01980000-0000-7000-8000-000000000000');
      const { status } = await app.request(method, target, method === 'GET' ? {} : { body: {} });
      const closed = security?.some((one) => 'bearer' in one) ?? false;
      expect(status === 401, `${name} answered ${status}`).toBe(closed);
    }
  });
});
