import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DASHBOARDS } from './grafana/dashboards.ts';
import { here, RULE_FILES, renderForFly, withTools } from './monitoring.fixture.ts';

// Each configuration is read by the program that it is for.

const CONFIG = here('./alertmanager/alertmanager.yml');

function run(program: string, ...args: string[]): { status: number | null; says: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, says: stdout + stderr };
}

withTools('Prometheus', ['promtool'], () => {
  test('reads the rules', () => {
    const files = RULE_FILES.map((file) => here(`./rules/${file}`));
    const { status, says } = run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', ...files);
    expect(status, says).toBe(0);
  });

  test.for(['compose', 'fly'])('reads prometheus/%s.yml', (name) => {
    // Without looking for the files of secrets, which only the place it runs at has.
    const file = here(`./prometheus/${name}.yml`);
    const { status, says } = run('promtool', 'check', 'config', '--syntax-only', file);
    expect(status, says).toBe(0);
  });

  test('reads what is rendered for Fly, with all rules', () => {
    const { status, says } = run(
      'promtool',
      'check',
      'config',
      `${renderForFly()}/prometheus/prometheus.yml`,
    );
    expect(status, says).toBe(0);
    expect(says).toContain(`${RULE_FILES.length} rule files found`);
  });

  test.for(readdirSync(here('./rules-tests')))(
    'fires and clears the alerts as rules-tests/%s says',
    (file) => {
      const { status, says } = run('promtool', 'test', 'rules', here(`./rules-tests/${file}`));
      expect(status, says).toBe(0);
    },
  );

  test('can parse the queries of the dashboards', () => {
    const queries = DASHBOARDS.flatMap(({ panels }) =>
      panels.flatMap(({ queries }) => Object.values(queries)),
    );
    const rules = queries.map((query, i) => ({
      record: `panel:query:n${i}`,
      expr: query.replaceAll('$__rate_interval', '1m'),
    }));
    const folder = mkdtempSync(join(tmpdir(), 'dropmate-panels-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'panels.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const { status, says } = run('promtool', 'check', 'rules', '--lint=none', file);
    expect(status, says).toBe(0);
  });
});

withTools('Alertmanager', ['amtool'], () => {
  test('reads its configuration', () => {
    expect(run('amtool', 'check-config', CONFIG)).toMatchObject({ status: 0 });
  });

  test('reads what is rendered for Fly', () => {
    const { status, says } = run('amtool', 'check-config', `${renderForFly()}/alertmanager/alertmanager.yml`);
    expect(status, says).toBe(0);
  });

  test.for([
    ['severity=page', 'page'],
    ['severity=ticket', 'ticket'],
    ['alertname=Watchdog severity=none', 'heartbeat'],
  ] as const)('takes %s to %s', ([labels, receiver]) => {
    const args = ['config', 'routes', 'test', '--config.file', CONFIG, ...labels.split(' ')];
    // On the other channel it may warn that a configuration of the machine's own is not used.
    expect(spawnSync('amtool', args, { encoding: 'utf8' }).stdout.trim()).toBe(receiver);
  });
});

withTools('The blackbox exporter', ['prometheus-blackbox-exporter'], () => {
  test('reads its configuration', () => {
    const file = here('./blackbox/blackbox.yml');
    const { status, says } = run('prometheus-blackbox-exporter', '--config.check', `--config.file=${file}`);
    expect(status, says).toBe(0);
  });
});
