import { promisify } from 'node:util';
import postman from 'openapi-to-postmanv2';
import { METHODS, type Method } from '../../functions/operation-ids.ts';
import { describeApi } from './api-description.ts';
import { type As, CHAPTERS, type Step } from './steps.ts';

type Operation = {
  id: string;
  method: Method;
  path: string;
  summary: string;
  description: string;
  status: number;
  needsKey: boolean;
  example: unknown;
};

/** The Postman collection (format 2.1): the description's operations in the order of `steps.ts`, chained by variables. */
export async function buildCollection() {
  const description = describeApi();
  const operations = operationsOf(description);
  const urls = await convert(description);
  const folder = ([name, steps]: [string, Step[]]) => ({
    name,
    item: steps.map((step) => {
      const operation = operations.get(step.does);
      if (operation === undefined) throw new Error(`There is no operation ${step.does}.`);
      const url = urls.get(`${operation.method} ${operation.path}`);
      if (url === undefined) throw new Error(`${step.does} was not converted.`);
      return request(step, operation, url);
    }),
  });
  return {
    info: {
      name: 'DropMate',
      description:
        'Made from /openapi.json by `node scripts/postman.ts`. Run it from the top: each request uses what those before it ' +
        'have saved in variables. It signs up a business of its own; `webhookUrl` is where you want to be told.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    variable: [
      { key: 'baseUrl', value: 'http://localhost:8080' },
      { key: 'webhookUrl', value: 'https://example.com/dropmate' },
    ],
    event: [script('prerequest', BEFORE_EACH)],
    item: Object.entries(CHAPTERS).map(folder),
  };
}

const BEFORE_EACH = [
  "pm.collectionVariables.set('now', new Date().toISOString());",
  "if (!pm.collectionVariables.get('run')) pm.collectionVariables.set('run', Date.now().toString(36));",
];

type Description = ReturnType<typeof describeApi>;

function operationsOf(description: Description): Map<string, Operation> {
  const found = new Map<string, Operation>();
  for (const [path, operations] of Object.entries(description.paths ?? {})) {
    for (const method of METHODS) {
      const operation = operations[method];
      if (operation?.operationId === undefined) continue;
      const { operationId: id, summary = '', description: more = '', responses, security } = operation;
      const status = Number(Object.keys(responses ?? {}).find((code) => code.startsWith('2')));
      const { content } = { content: {}, ...operation.requestBody };
      const { 'application/json': json } = content as Record<string, { example?: unknown }>;
      const needsKey = security !== undefined;
      found.set(id, {
        id,
        method,
        path,
        summary,
        description: more,
        status,
        needsKey,
        example: json?.example,
      });
    }
  }
  return found;
}

type Url = { host: string[]; path: string[] };

/** What Postman's own converter makes of each route's address, by method and path. */
async function convert(description: Description): Promise<Map<string, Url>> {
  const options = { folderStrategy: 'Tags' };
  const converted = await promisify(postman.convertV2)({ type: 'json', data: bare(description) }, options);
  if (!converted.result) throw new Error(converted.reason);
  const items = converted.output.flatMap(({ data }) => data.item).flatMap((folder) => folder.item ?? []);
  return new Map(
    items.flatMap(({ request }) => {
      if (request === undefined) return [];
      const path = request.url.path.map((part) => part.replace(/^:(.+)/, '{$1}')).join('/');
      return [[`${request.method.toLowerCase()} /${path}`, request.url]];
    }),
  );
}

/** Without bodies and answers, for which it invents what no API takes. */
function bare({ openapi, info, paths }: Description) {
  const routes = Object.entries(paths ?? {}).map(([path, operations]) => {
    const kept = METHODS.flatMap((method) => {
      const { operationId, summary, tags, parameters } = operations[method] ?? {};
      const responses = { 200: { description: 'Done' } };
      return operationId === undefined
        ? []
        : [[method, { operationId, summary, tags, parameters, responses }]];
    });
    return [path, Object.fromEntries(kept)];
  });
  return { openapi, info, paths: Object.fromEntries(routes) };
}

const AUTH: Record<As, object> = {
  manager: bearer('managerToken'),
  apiKey: bearer('apiKey'),
  driver: bearer('driverToken'),
  device: bearer('deviceToken'),
  deviceBasic: {
    type: 'basic',
    basic: [
      { key: 'username', value: 'driver', type: 'string' },
      { key: 'password', value: '{{deviceToken}}', type: 'string' },
    ],
  },
  nobody: { type: 'noauth' },
};

function bearer(variable: string) {
  return { type: 'bearer', bearer: [{ key: 'token', value: `{{${variable}}}`, type: 'string' }] };
}

function request(step: Step, operation: Operation, { host, path }: Url) {
  const { name, query = {}, path: values = {}, as = operation.needsKey ? 'manager' : 'nobody' } = step;
  const variables = path.filter((part) => part.startsWith(':')).map((part) => part.slice(1));
  const body = bodyOf(step, operation);
  return {
    name: name === undefined ? operation.summary : `${operation.summary}: ${name}`,
    request: {
      method: operation.method.toUpperCase(),
      ...(operation.description && { description: operation.description }),
      auth: AUTH[as],
      header: body === undefined ? [] : [{ key: 'Content-Type', value: body.type }],
      url: {
        raw: `${host.join('.')}/${path.join('/')}`,
        ...{ host, path },
        ...(Object.keys(query).length > 0 && { query: Object.entries(query).map(pair) }),
        ...(variables.length > 0 && { variable: variables.map((key) => pair([key, values[key] ?? ''])) }),
      },
      ...(body && { body: { mode: 'raw', raw: body.text } }),
    },
    event: [script('test', checks(step, operation))],
  };
}

const pair = ([key, value]: [string, string]) => ({ key, value });

function bodyOf({ raw, body }: Step, { example }: Operation): { type: string; text: string } | undefined {
  if (raw !== undefined) return raw;
  const json = body ?? example;
  return json === undefined ? undefined : { type: 'application/json', text: JSON.stringify(json, null, 2) };
}

function checks({ save = {}, status }: Step, operation: Operation): string[] {
  const expected = [status ?? operation.status].flat();
  return [
    `pm.test('answers ${expected.join(' or ')}', () => pm.expect(pm.response.code).to.be.oneOf([${expected}]));`,
    ...Object.entries(save).map(([variable, from]) => {
      const [path, pattern] = typeof from === 'string' ? [from] : from;
      const value = `_.get(pm.response.json(), '${path}')`;
      const part = pattern === undefined ? value : `${value}.match(new RegExp('${pattern}'))[1]`;
      return `pm.collectionVariables.set('${variable}', ${part});`;
    }),
  ];
}

function script(listen: 'prerequest' | 'test', exec: string[]) {
  return { listen, script: { type: 'text/javascript', exec } };
}
