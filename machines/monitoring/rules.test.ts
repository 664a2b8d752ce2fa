import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DASHBOARDS, toGrafana } from './grafana/dashboards.ts';
import { ALERTS, FLY, here, metricsIn, readYaml, renderForFly } from './monitoring.fixture.ts';

const TESTS = readdirSync(here('./rules-tests'));

test('the configuration for Fly gets the names of the installation, and keeps none of ours', () => {
  const folder = renderForFly();
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const prometheus = read('prometheus/prometheus.yml');
  for (const name of ['cafe', 'cafe-realtime', 'cafe-worker', 'cafe-alertmanager']) {
    expect(prometheus).toContain(`${name}.internal`);
  }
  expect(prometheus).not.toMatch(/dropmate[\w-]*\.internal/);
  expect(prometheus).toContain('fly_volume_used_pct{app=~"cafe(-.*)?"}');
  // Prometheus puts the scheme before it, as prometheus/fly.yml says.
  expect(read('fly-token')).toBe('fm2_abc');
  expect(read('prometheus/pages.yml')).toContain('- https://cafe.test/readyz');
  expect(read('alertmanager/alertmanager.yml')).toContain(FLY.ALERT_URL);
  expect(prometheus + read('prometheus/pages.yml') + read('alertmanager/alertmanager.yml')).not.toMatch(
    /^[^#]*example\.com/m,
  );
});

describe('each alert', () => {
  type Case = { alertname: string; exp_alerts?: unknown[] };
  const cases = TESTS.flatMap((file) => {
    const { tests } = readYaml<{
      tests: { alert_rule_test: Case[] }[];
    }>(`./rules-tests/${file}`);
    return tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  });

  test.for(ALERTS)('$alert is tried both firing and silent', ({ alert }) => {
    const own = cases.filter(({ alertname }) => alertname === alert);
    expect(own.some(({ exp_alerts = [] }) => exp_alerts.length > 0)).toBe(true);
    // The watchdog's whole use is that it never stops.
    if (alert !== 'Watchdog') expect(own.at(-1)?.exp_alerts ?? []).toEqual([]);
  });

  test.for(ALERTS)('$alert has a runbook that says what it means, how to see it and what to do', (rule) => {
    const file = rule.alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    expect(rule.annotations.runbook).toBe(`docs/runbooks/${file}.md`);
    const runbook = readFileSync(here(`../../${rule.annotations.runbook}`), 'utf8');
    expect(runbook.startsWith(`# ${rule.alert}\n`)).toBe(true);
    for (const part of ['## What it means', '## How to see it', '## What to do']) {
      expect(runbook).toContain(part);
    }
    expect(runbook, 'commands to copy').toMatch(/^```sh\n/m);
  });

  test('is named once', () => {
    const names = ALERTS.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('Alertmanager holds back only alerts that there are', () => {
  const { inhibit_rules: rules } = readYaml<{
    inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
  }>('./alertmanager/alertmanager.yml');
  const named = rules
    .flatMap(({ source_matchers, target_matchers }) => [...source_matchers, ...target_matchers])
    .filter((matcher) => matcher.startsWith('alertname'))
    .flatMap((matcher) => matcher.replace(/^alertname =~? /, '').split('|'));
  expect(ALERTS.map(({ alert }) => alert)).toEqual(expect.arrayContaining(named));
});

describe('the dashboards', () => {
  test.for(DASHBOARDS)('$uid in JSON is what dashboards.ts makes', (dashboard) => {
    const file = here(`./grafana/dashboards/${dashboard.uid.replace('dropmate-', '')}.json`);
    expect(existsSync(file)).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(toGrafana(dashboard));
  });
});

test.for([
  ['sum by (le, instance) (rate(a_bucket{b="c"}[5m])) > 0.5', ['a_bucket']],
  ['x unless on () (sum(max by (status) (y{z=~"up|down"})) >= 3)', ['x', 'y']],
  ['time() - probe < 14 * 86400 and up offset 1w == 0', ['probe', 'up']],
] as const)('the metrics in %s are %j', ([expression, names]) => {
  expect(metricsIn(expression)).toEqual(names);
});

describe('the shippers of logs', () => {
  test.for(['one-server', 'fly'])(
    'logs/%s.yml leads from a source through its transforms to a sink',
    (name) => {
      const config = readYaml<
        Record<'sources' | 'transforms' | 'sinks', Record<string, { inputs?: string[] }>>
      >(`./logs/${name}.yml`);
      const known = new Set([...Object.keys(config.sources), ...Object.keys(config.transforms)]);
      const inputs = [...Object.values(config.transforms), ...Object.values(config.sinks)].flatMap(
        ({ inputs = [] }) => inputs,
      );
      expect(inputs.filter((input) => !known.has(input))).toEqual([]);
      // Nothing is read that goes nowhere.
      expect([...known].filter((one) => !inputs.includes(one))).toEqual([]);
    },
  );
});
