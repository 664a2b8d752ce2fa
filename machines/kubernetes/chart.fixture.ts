import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const CHART = here('./chart');

/** The values files that the chart is tested with: bare, external-postgres, fly. */
export const VARIANTS = readdirSync(here('./values')).map((name) => name.replace('.yaml', ''));

/** Registers these tests; where a tool is missing, one instead that is skipped and says which. */
export function withTools(title: string, tools: string[], tests: () => void): void {
  const missing = tools.filter((tool) => spawnSync(tool, ['--help']).error !== undefined);
  if (missing.length === 0) describe(title, tests);
  else
    test(title, ({ skip }) =>
      skip(`${missing.join(', ')} not on PATH: machines/{kubernetes,monitoring}/install-tools.sh`),
    );
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Labels = Record<string, string>;
export type Container = {
  name: string;
  image: string;
  command?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  ports?: { name: string; containerPort: number }[];
  resources?: { requests?: Labels; limits?: Labels };
  securityContext?: Record<string, Json>;
  startupProbe?: Json;
  readinessProbe?: Json;
  livenessProbe?: Json;
};
export type PodSpec = {
  containers: Container[];
  initContainers?: Json;
  volumes?: Json;
  terminationGracePeriodSeconds?: number;
  automountServiceAccountToken?: boolean;
  securityContext?: Record<string, Json>;
};
export type Template = { metadata: { labels: Labels }; spec: PodSpec };
/** An object of Kubernetes. */
export type Resource = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Labels; annotations?: Labels };
  spec?: unknown;
};

/** What objects of a kind say, as far as the tests look at it. */
export type Specs = {
  Service: { selector: Labels; ports: { name: string; targetPort: string }[] };
  Deployment: { template: Template; replicas?: number };
  StatefulSet: { template: Template };
  Job: { template: Template; backoffLimit: number };
  CronJob: { jobTemplate: { spec: { template: Template } } };
  PodDisruptionBudget: { selector: { matchLabels: Labels } };
  HorizontalPodAutoscaler: { scaleTargetRef: { name: string }; metrics: Json[] };
  Ingress: {
    rules: { http: { paths: { path: string; backend: { service: { name: string } } }[] } }[];
  };
  NetworkPolicy: Policy;
  PrometheusRule: { groups: { name: string }[] };
  ServiceMonitor: Json;
  Probe: Json;
  Secret: Json;
};
type Expression = { key: string; operator: 'In'; values: string[] };
export type Selector = { matchLabels?: Labels; matchExpressions?: Expression[] };
export type Peer = { podSelector?: Selector; namespaceSelector?: Selector; ipBlock?: { cidr: string } };
type PolicyRule = { from?: Peer[]; to?: Peer[]; ports?: { port: number; endPort?: number }[] };
export type Policy = {
  podSelector: Selector;
  policyTypes: string[];
  ingress?: PolicyRule[];
  egress?: PolicyRule[];
};

/** What `helm template` makes of the chart with one of the values files. */
export function render(variant: string, ...options: string[]): { text: string; resources: Resource[] } {
  const text = execFileSync(
    'helm',
    ['template', 'dropmate', CHART, '--values', here(`./values/${variant}.yaml`), ...options],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const resources = parseAllDocuments(text)
    // What helm made is checked for its shape by the tests that follow.
    .map((document) => document.toJS() as Resource | null)
    .filter((resource) => resource !== null);
  return { text, resources };
}

/** What `helm lint --strict` says, and whether it is content. */
export function lint(variant: string): { ok: boolean; says: string } {
  const { status, stdout, stderr } = spawnSync(
    'helm',
    ['lint', CHART, '--strict', '--values', here(`./values/${variant}.yaml`)],
    { encoding: 'utf8' },
  );
  return { ok: status === 0, says: stdout + stderr };
}

export const ofKind = <K extends keyof Specs>(resources: Resource[], wanted: K) =>
  // A kind has its shape: kubernetes-validate holds each object against Kubernetes' own schema.
  resources.filter(({ kind }) => kind === wanted) as (Resource & { spec: Specs[K] })[];

/** Everything that runs pods, with the template of its pods. */
export function workloads(resources: Resource[]): { name: string; kind: string; template: Template }[] {
  return [
    ...ofKind(resources, 'Deployment'),
    ...ofKind(resources, 'StatefulSet'),
    ...ofKind(resources, 'Job'),
    ...ofKind(resources, 'CronJob'),
  ].map(({ kind, metadata, spec }) => ({
    name: metadata.name,
    kind,
    template: 'jobTemplate' in spec ? spec.jobTemplate.spec.template : spec.template,
  }));
}

/** Whether a selector by labels chooses these. */
export const selects = (selector: Labels | undefined, labels: Labels): boolean =>
  Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
