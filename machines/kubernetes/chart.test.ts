import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { createApp } from '../../functions/app.ts';
import { readEnvironment as readFunctions } from '../../functions/environment.ts';
import { isService, SERVICES } from '../../functions/services.ts';
import { Config as Realtime } from '../../realtime/config.ts';
import { createTestApp } from '../../tests/support/app.ts';
import { readEnvironment as readBackup } from '../backup/environment.ts';
import { readEnvironment as readWorker } from '../worker/environment.ts';
import {
  type Container,
  lint,
  ofKind,
  type Resource,
  render,
  selects,
  VARIANTS,
  withTools,
  workloads,
} from './chart.fixture.ts';
import { createNetwork, type End } from './network.fixture.ts';

const rendered = new Map<string, Resource[]>();

function resourcesOf(variant: string): Resource[] {
  const known = rendered.get(variant) ?? render(variant).resources;
  rendered.set(variant, known);
  return known;
}

withTools('the chart', ['helm', 'kubernetes-validate', 'promtool'], () => {
  describe.each(VARIANTS)('the chart with values/%s.yaml', (variant) => {
    test('is what helm lint asks for', () => {
      const { ok, says } = lint(variant);
      expect(ok, says).toBe(true);
    });

    test('holds only objects that the schemas of Kubernetes know, field by field', () => {
      const core = resourcesOf(variant).filter(({ apiVersion }) => !apiVersion.startsWith('monitoring.'));
      expect(core.length).toBeGreaterThan(5);
      expect(validate(core)).toEqual({ status: 0, faults: [] });
    });

    test('selects with every Service, autoscaler and budget exactly the pods of one workload', () => {
      const resources = resourcesOf(variant);
      const all = workloads(resources);
      const selected = (selector: Record<string, string>) =>
        all.filter(({ template }) => selects(selector, template.metadata.labels));
      for (const { metadata, spec } of ofKind(resources, 'Service')) {
        const [workload, ...others] = selected(spec.selector);
        expect(others, metadata.name).toEqual([]);
        const ports = workload?.template.spec.containers.flatMap(({ ports }) => ports ?? []) ?? [];
        const names = ports.map(({ name }) => name);
        for (const { targetPort } of spec.ports) expect(names, metadata.name).toContain(targetPort);
      }
      for (const { metadata, spec } of ofKind(resources, 'PodDisruptionBudget')) {
        expect(selected(spec.selector.matchLabels), metadata.name).toHaveLength(1);
      }
      for (const { metadata, spec } of ofKind(resources, 'HorizontalPodAutoscaler')) {
        const target = ofKind(resources, 'Deployment').find(
          ({ metadata: { name } }) => name === spec.scaleTargetRef.name,
        );
        expect(target, metadata.name).toBeDefined();
        expect(target?.spec, 'the autoscaler alone sets the number').not.toHaveProperty('replicas');
      }
    });

    test('gives each program an environment that the program itself accepts', () => {
      const programs = workloads(resourcesOf(variant)).flatMap(({ template }) => template.spec.containers);
      const seen = new Set<string>();
      for (const container of programs) {
        const program = container.command?.find((part) => part.startsWith('dist/'));
        if (program === undefined) continue;
        seen.add(program);
        const environment = environmentOf(container);
        expect(() => READERS[program]?.(environment), `${container.name} ${program}`).not.toThrow();
      }
      expect([...seen]).toEqual(
        expect.arrayContaining(['dist/functions.js', 'dist/realtime.js', 'dist/worker.js']),
      );
    });

    test('serves each service of functions/services.ts, and only those', () => {
      const started = workloads(resourcesOf(variant))
        .flatMap(({ template }) => template.spec.containers)
        .filter(({ command }) => command?.includes('dist/functions.js'))
        .map(({ command }) => command?.slice((command?.indexOf('dist/functions.js') ?? 0) + 1) ?? []);
      const names = started.some((services) => services.length === 0)
        ? Object.keys(SERVICES)
        : started.flat();
      expect(names.sort()).toEqual(Object.keys(SERVICES).sort());
    });

    test('takes secrets by reference and makes none', () => {
      const resources = resourcesOf(variant);
      expect(ofKind(resources, 'Secret')).toEqual([]);
      const values = workloads(resources)
        .flatMap(({ template }) => template.spec.containers)
        .flatMap(({ env }) => env ?? [])
        .filter(({ value }) => value !== undefined);
      for (const { name, value } of values) {
        expect(name).not.toMatch(/SECRET|KEYS|PASSWORD|DATA_SOURCE/);
        expect(value, name).not.toMatch(/:\/\/[^/]*@/);
      }
    });

    test('waits for each pod longer than its program drains', () => {
      for (const { name, template } of workloads(resourcesOf(variant))) {
        const [container] = template.spec.containers;
        const grace = template.spec.terminationGracePeriodSeconds ?? 30;
        const program = container?.command?.find((part) => part.startsWith('dist/'));
        // functions: its delay and then 10 s for what is under way; worker: 20 s; realtime: sockets and a last flush.
        const drains: Record<string, number> = {
          'dist/functions.js': Number(environmentOf(container).DRAIN_DELAY_MS) / 1000 + 10,
          'dist/worker.js': 20,
          'dist/realtime.js': 30,
        };
        expect(grace, name).toBeGreaterThan(drains[program ?? ''] ?? 0);
      }
    });
  });

  describe.each(['bare', 'external-postgres'])('the pods of values/%s.yaml', (variant) => {
    test('run as nobody, change nothing of their image, and hold no token of Kubernetes', () => {
      for (const { name, template } of workloads(resourcesOf(variant))) {
        expect(template.spec, name).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        });
        for (const { securityContext } of template.spec.containers) {
          expect(securityContext, name).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
        }
      }
    });

    test('say what they need, and how to tell that they live and are ready', () => {
      for (const { name, kind, template } of workloads(resourcesOf(variant))) {
        for (const { resources, livenessProbe, readinessProbe } of template.spec.containers) {
          expect(resources, name).toMatchObject({
            requests: { cpu: expect.any(String), memory: expect.any(String) },
            limits: { memory: expect.any(String) },
          });
          const probes = [livenessProbe, readinessProbe].filter((probe) => probe !== undefined);
          expect(probes, name).toHaveLength(kind === 'Job' || kind === 'CronJob' ? 0 : 2);
        }
      }
    });

    test.for<[End, End, number, boolean]>([
      [{ namespace: 'ingress-nginx' }, { component: 'orders' }, 8080, true],
      [{ namespace: 'ingress-nginx' }, { component: 'realtime' }, 8080, true],
      [{ namespace: 'ingress-nginx' }, { component: 'worker' }, 9091, false],
      [{ namespace: 'ingress-nginx' }, { component: 'orders' }, 9091, false],
      [{ namespace: 'default' }, { component: 'orders' }, 8080, false],
      [{ component: 'orders' }, { component: 'realtime' }, 8080, true],
      [{ component: 'worker' }, { component: 'realtime' }, 8080, true],
      [{ component: 'realtime' }, { component: 'accounts' }, 8080, true],
      [{ component: 'realtime' }, { component: 'worker' }, 9091, false],
      [{ component: 'worker' }, { component: 'orders' }, 8080, false],
      [{ component: 'orders' }, { component: 'accounts' }, 8080, false],
      [{ component: 'worker' }, 'internet', 443, true],
      [{ component: 'worker' }, 'internet', 8443, true],
      [{ component: 'worker' }, 'internet', 587, true],
      [{ component: 'orders' }, 'internet', 587, true],
      [{ component: 'orders' }, 'internet', 443, true],
      [{ component: 'backup' }, 'internet', 443, true],
      [{ component: 'realtime' }, 'internet', 443, false],
      [{ component: 'migrate' }, 'internet', 443, false],
      [{ component: 'worker' }, 'internet', 25, false],
      [{ component: 'orders' }, { namespace: 'kube-system' }, 53, true],
      [{ component: 'orders' }, { cidr: '169.254.20.10/32' }, 53, true],
    ])('%j → %j on %i: %s', ([from, to, port, allowed]) => {
      expect(createNetwork(resourcesOf(variant))(from, to, port)).toBe(allowed);
    });
  });

  test('Postgres in the cluster lets in what needs it, and not the rooms', () => {
    const may = createNetwork(resourcesOf('bare'));
    const postgres = { component: 'postgres' };
    const callers = ['orders', 'worker', 'migrate', 'backup', 'realtime'];
    expect(callers.filter((component) => may({ component }, postgres, 5432))).toEqual(
      callers.filter((component) => component !== 'realtime'),
    );
  });

  test('what a cluster has elsewhere can be let through: balancers, a database’s port, services of its own', () => {
    const own = '[{"to":[{"ipBlock":{"cidr":"10.9.0.0/16"}}],"ports":[{"port":25}]}]';
    const { resources } = render(
      'external-postgres',
      ...['--set', 'database.url=postgres://db.example.com:25060/dropmate'],
      ...['--set-json', 'database.cidrs=[]'],
      ...['--set-json', 'networkPolicy.ingressCidrs=["35.191.0.0/16"]'],
      ...['--set-json', `networkPolicy.egress.worker=${own}`],
    );
    expect(validate(ofKind(resources, 'NetworkPolicy'))).toEqual({ status: 0, faults: [] });
    const may = createNetwork(resources);
    for (const component of ['orders', 'worker', 'migrate', 'backup']) {
      expect(may({ component }, 'internet', 25_060), component).toBe(true);
    }
    expect(may({ cidr: '35.191.0.0/16' }, { component: 'orders' }, 8080)).toBe(true);
    expect(may({ cidr: '35.191.0.0/16' }, { component: 'realtime' }, 8080)).toBe(true);
    expect(may({ component: 'worker' }, { cidr: '10.9.0.0/16' }, 25)).toBe(true);
    expect(may({ component: 'orders' }, { cidr: '10.9.0.0/16' }, 25)).toBe(false);
  });

  test('a balancer before a service reaches it through the policies', () => {
    const options = ['--set', 'loadBalancer.enabled=true,loadBalancer.service=orders,ingress.enabled=false'];
    const may = createNetwork(render('external-postgres', ...options).resources);
    expect(may({ cidr: '0.0.0.0/0' }, { component: 'orders' }, 8080)).toBe(true);
    expect(may({ cidr: '0.0.0.0/0' }, { component: 'orders' }, 9091)).toBe(false);
    expect(may({ cidr: '0.0.0.0/0' }, { component: 'realtime' }, 8080)).toBe(false);
  });

  test('Postgres is not killed while it recovers or is full', () => {
    const postgres = ofKind(resourcesOf('bare'), 'StatefulSet').find(({ metadata }) =>
      metadata.name.endsWith('postgres'),
    );
    const [container] = postgres?.spec.template.spec.containers ?? [];
    const { exec } = z
      .looseObject({ exec: z.object({ command: z.array(z.string()) }) })
      .parse(container?.livenessProbe);
    const [shell = '', flag = '', script = ''] = exec.command;
    for (const [code, alive] of [
      [0, true],
      [1, true],
      [2, false],
      [3, false],
    ] as const) {
      const stand = join(scratch(), 'pg_isready');
      writeFileSync(stand, `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
      const PATH = `${dirname(stand)}:${process.env.PATH}`;
      expect(spawnSync(shell, [flag, script], { env: { PATH } }).status === 0, `${code}`).toBe(alive);
    }
  });

  test('a field that Kubernetes does not know is found', () => {
    const [service] = ofKind(resourcesOf('bare'), 'Service');
    if (service === undefined) throw new Error('There is one.');
    expect(validate([{ ...service, spec: { ...service.spec, selectors: {} } }]).faults).toEqual([
      expect.stringContaining("'selectors' was unexpected"),
    ]);
  });

  test.for([
    ['functions.replica=3', 'replica'],
    ['publicUrl=dropmate.example.com', 'publicUrl'],
    ['database.url=postgres://owner:secret@db/dropmate', 'database/url'],
    ['worker.graceSeconds=10', 'graceSeconds'],
  ] as const)('a mistake in the values is told: %s', ([setting, named]) => {
    expect(() => render('external-postgres', '--set', setting)).toThrow(named);
  });

  test('more pods than the Postgres of the chart has connections for are refused', () => {
    expect(() => render('bare', '--set', 'functions.autoscaling.max=6')).toThrow('maxConnections is 300');
    const options = ['--set', 'functions.autoscaling.max=6,postgres.maxConnections=800'];
    expect(() => render('bare', ...options)).not.toThrow();
  });

  test('Fly Kubernetes gets nothing that it does not have', () => {
    const resources = resourcesOf('fly');
    expect(new Set(resources.map(({ kind }) => kind))).toEqual(
      new Set(['ServiceAccount', 'Service', 'Deployment']),
    );
    for (const { name, template } of workloads(resources)) {
      expect(template.spec.containers, name).toHaveLength(1);
      expect(template.spec, name).not.toHaveProperty('initContainers');
      expect(template.spec, name).not.toHaveProperty('volumes');
    }
  });

  describe('the Ingress', () => {
    /** Where a request for that path ends: the longest whole path wins. */
    const target = (route: string): string | undefined =>
      ofKind(resourcesOf('bare'), 'Ingress')
        .flatMap(({ spec }) => spec.rules.flatMap(({ http }) => http.paths))
        .filter(({ path }) => path === '/' || route === path || route.startsWith(`${path}/`))
        .sort((a, b) => b.path.length - a.path.length)[0]?.backend.service.name;

    test.for<[string, string[]]>([
      ['accounts', ['/v1/merchants/me', '/v1/auth/login', '/v1/users', '/v1/api-keys', '/v1/audit']],
      ['accounts', ['/.well-known/jwks.json']],
      [
        'orders',
        ['/v1/orders', '/v1/ratings', '/v1/quotes', '/v1/zones/1', '/v1/analytics/daily', '/v1/fleet/room'],
      ],
      ['drivers', ['/v1/drivers/me/shift', '/v1/ingest/osmand']],
      ['customers', ['/v1/customers/1', '/v1/tracking/a/room', '/t/abc']],
      ['notifications', ['/v1/webhooks/1/deliveries', '/v1/notifications', '/v1/push/key']],
      [
        'pages',
        ['/', '/dispatch', '/drive/shift', '/docs', '/openapi.json', '/tiles/1/2/3.svg', '/assets/a.js'],
      ],
      ['realtime', ['/parties/fleet-room/x']],
    ])('takes to %s: %j', ([service, routes]) => {
      for (const route of routes) expect(target(route), route).toBe(`dropmate-${service}`);
    });

    const opened: Awaited<ReturnType<typeof createTestApp>>[] = [];
    afterAll(async () => {
      for (const app of opened) await app.end();
    });

    test('takes every route of every service to that service', async () => {
      const app = await createTestApp();
      opened.push(app);
      // What every process has of its own is not reached from outside by name.
      const everywhere = new Set(createApp(['pages'], app.deps).routes.map(({ path }) => path));
      for (const name of Object.keys(SERVICES).filter(isService)) {
        const routes = createApp([name], app.deps).routes.filter(({ method }) => method !== 'ALL');
        const own = routes
          .map(({ path }) => path)
          .filter((path) => name === 'pages' || !everywhere.has(path));
        expect(own.length, name).toBeGreaterThan(0);
        for (const path of own) expect(`${path} → ${target(path)}`).toBe(`${path} → dropmate-${name}`);
      }
    });
  });

  describe('the migration', () => {
    const hookOf = (resources: Resource[]) =>
      ofKind(resources, 'Job')[0]?.metadata.annotations?.['helm.sh/hook'];

    test('ends before the new pods start', () => {
      expect(hookOf(resourcesOf('external-postgres'))).toBe('pre-install,pre-upgrade');
      expect(hookOf(render('bare', '--is-upgrade').resources)).toBe('pre-install,pre-upgrade');
    });

    test('waits, at the first install, for the Postgres that comes with it', () => {
      const [job] = ofKind(resourcesOf('bare'), 'Job');
      expect(hookOf(resourcesOf('bare'))).toBeUndefined();
      expect(job?.spec.backoffLimit).toBeGreaterThanOrEqual(10);
    });
  });

  describe('with the Prometheus operator', () => {
    test('the rules are those of machines/monitoring, and Prometheus reads them', () => {
      const [rule] = ofKind(resourcesOf('external-postgres'), 'PrometheusRule');
      const file = join(scratch(), 'rules.yml');
      writeFileSync(file, stringify(rule?.spec));
      expect(
        execFileSync('promtool', ['check', 'rules', '--lint-fatal', file], { encoding: 'utf8' }),
      ).toContain('SUCCESS');
      expect(rule?.spec.groups.map(({ name }) => name)).toContain('dropmate-worker');
    });

    test('the ServiceMonitor finds the metrics of each process', () => {
      const resources = resourcesOf('external-postgres');
      const [found] = ofKind(resources, 'ServiceMonitor');
      const { selector, endpoints, jobLabel } = ServiceMonitor.parse(found).spec;
      const services = ofKind(resources, 'Service').filter(
        ({ metadata: { labels = {} } }) => selects(selector.matchLabels, labels) && jobLabel in labels,
      );
      for (const { metadata, spec } of services) {
        const ports = spec.ports.map(({ name }) => name);
        expect(ports, metadata.name).toContain(endpoints[0]?.port);
      }
      const jobs = services.map(({ metadata }) => metadata.labels?.[jobLabel]);
      expect(new Set(jobs)).toEqual(
        new Set(['dropmate-functions', 'dropmate-realtime', 'dropmate-worker', 'dropmate-postgres']),
      );
      // Scaled by what the adapter is told to name so.
      const metrics = ofKind(resources, 'HorizontalPodAutoscaler').flatMap(({ spec }) => spec.metrics);
      expect(metrics).toContainEqual(
        expect.objectContaining({
          pods: expect.objectContaining({ metric: { name: 'dropmate_http_requests_per_second' } }),
        }),
      );
    });
  });

  test('the public pages are probed under the job that the alerts know', () => {
    const probe = Probe.parse(ofKind(resourcesOf('external-postgres'), 'Probe')[0]);
    expect(probe.spec.jobName).toBe('dropmate-blackbox');
    expect(probe.spec.targets.staticConfig.static).toContain('https://dropmate.example.com/readyz');
  });
});

const Labels = z.record(z.string(), z.string());
const Probe = z.strictObject({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('Probe'),
  metadata: z.strictObject({ name: z.string(), labels: Labels }),
  spec: z.strictObject({
    jobName: z.string(),
    interval: z.string(),
    module: z.string(),
    prober: z.strictObject({ url: z.string() }),
    targets: z.strictObject({ staticConfig: z.strictObject({ static: z.array(z.url()) }) }),
  }),
});

/** The part of monitoring.coreos.com/v1 that the chart uses; a field that is not in it is a mistake. */
const ServiceMonitor = z.strictObject({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('ServiceMonitor'),
  metadata: z.strictObject({ name: z.string(), labels: Labels }),
  spec: z.strictObject({
    jobLabel: z.string(),
    selector: z.strictObject({
      matchLabels: Labels,
      matchExpressions: z.array(
        z.strictObject({ key: z.string(), operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']) }),
      ),
    }),
    endpoints: z
      .array(z.strictObject({ port: z.string(), interval: z.string().regex(/^\d+(ms|s|m)$/) }))
      .min(1),
  }),
});

const SECRETS: Record<string, string> = {
  DROPMATE_SECRET: 'A'.repeat(43),
  SIGNING_KEYS: JSON.stringify([
    { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43), kid: 'test' },
  ]),
  DATABASE_URL: 'postgres://owner:secret@db.test:5432/dropmate',
};

/** As kubelet sets it: given values, and those of the Secrets. */
function environmentOf(container: Container | undefined): Record<string, string> {
  return Object.fromEntries(
    (container?.env ?? []).map(({ name, value, valueFrom }) => [
      name,
      value ?? SECRETS[valueFrom?.secretKeyRef.key ?? ''] ?? '',
    ]),
  );
}

const READERS: Record<string, (environment: Record<string, string>) => unknown> = {
  'dist/functions.js': readFunctions,
  'dist/realtime.js': (environment) => Realtime.parse(environment),
  'dist/worker.js': readWorker,
  'dist/backup.js': readBackup,
  'dist/migrate.js': (environment) =>
    z.object({ DATABASE_URL: z.string().min(1), DROPMATE_SECRET: z.string().min(1) }).parse(environment),
};

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-chart-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function validate(resources: Resource[]): { status: number | null; faults: string[] } {
  const file = join(scratch(), 'objects.yaml');
  writeFileSync(file, resources.map((resource) => stringify(resource)).join('---\n'));
  // The newest schemas that the pinned package has but one, so that a cluster of today knows them too.
  const { status, stdout, stderr } = spawnSync(
    'kubernetes-validate',
    ['--strict', '--kubernetes-version', '1.34', file],
    { encoding: 'utf8' },
  );
  const faults = `${stdout}${stderr}`.split('\n').filter((line) => /ERROR|WARN|Traceback/.test(line));
  return { status, faults };
}
