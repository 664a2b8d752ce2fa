import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFreePort } from '../../db/embedded/port.ts';
import { type Client, eventually } from '../../tests/support/client.ts';
import { type Cluster, startCluster } from '../../tests/support/cluster.ts';
import { type Program, startProgram } from '../../tests/support/process.ts';
import type { RoomAddress } from '../../tests/support/room.ts';
import { createOrder, openShop } from '../../tests/support/shop.ts';
import { FOREIGN_METRICS } from './foreign-metrics.ts';
import { DASHBOARDS } from './grafana/dashboards.ts';
import { ALERTS, here, metricsIn, metricsOf, readYaml, withTools } from './monitoring.fixture.ts';
import {
  createStage,
  get,
  type Notification,
  type Stage,
  startAlertmanager,
  startPrometheus,
  writeHastyRules,
} from './watched.fixture.ts';

const PATIENT = { timeout: 120_000 };
const PROGRAMS = [
  'prometheus',
  'prometheus-alertmanager',
  'prometheus-blackbox-exporter',
  'prometheus-postgres-exporter',
];
// A machine that is busy with other tests may rightly raise these.
const ABOUT_TIME = new Set(['EventLoopLag', 'LatencyHigh', 'FanOutSlow', 'RoomDelayHigh', 'PageSlow']);

// The real programs, as they are deployed, under the real Prometheus.
let cluster: Cluster;
let api: Client;
let owner: postgres.Sql;
let shopKey: string;
let functionsUrl: string;
let realtimeUrl: string;
let workerPort: number;
let worker: Program;

beforeAll(async () => {
  // The worker is this file's own, so that its port is known and it can be started again.
  cluster = await startCluster({ functions: 1, workers: 0 });
  owner = postgres(cluster.database.ownerUrl, { max: 1, onnotice: () => {} });
  const [only] = cluster.apis;
  if (only === undefined) throw new Error('There is one.');
  api = only;
  functionsUrl = api.url;
  const { manager, apiKey } = await openShop(api);
  shopKey = apiKey;
  const { host } = await api.call<RoomAddress>('GET', '/v1/fleet/room', { token: manager });
  realtimeUrl = `http://${host}`;
  workerPort = await findFreePort();
  worker = await startWorker();
});
afterAll(async () => {
  await owner.end();
  await cluster.end();
});

async function startWorker(): Promise<Program> {
  const program = startProgram('worker', {
    env: {
      HOST: '127.0.0.1',
      METRICS_PORT: String(workerPort),
      DATABASE_URL: cluster.database.ownerUrl,
      DROPMATE_SECRET: cluster.database.secret,
      REALTIME_INTERNAL_URL: realtimeUrl,
      PUBLIC_URL: functionsUrl,
      LOG_LEVEL: 'warn',
    },
  });
  await program.answers(`http://127.0.0.1:${workerPort}/readyz`);
  return program;
}

const used = [
  ...ALERTS.map(({ alert, expr }) => ({ where: alert, names: metricsIn(expr) })),
  ...DASHBOARDS.flatMap(({ title, panels }) =>
    panels.map((panel) => ({
      where: `${title}, ${panel.title}`,
      names: Object.values(panel.queries).flatMap((query) => metricsIn(query)),
    })),
  ),
];

test('every metric of an alert or a dashboard is exported by a program of ours, or is on the list of foreign ones', async () => {
  const ours = new Set<string>();
  for (const url of [functionsUrl, realtimeUrl, `http://127.0.0.1:${workerPort}`]) {
    for (const name of metricsOf((await get(`${url}/metrics`)) ?? '')) ours.add(name);
  }
  const foreign = new Set<string>(
    [...Object.values(FOREIGN_METRICS.measured), ...Object.values(FOREIGN_METRICS.documented)].flat(),
  );
  const unknown = used.flatMap(({ where, names }) =>
    names.filter((name) => !ours.has(name) && !foreign.has(name)).map((name) => `${where}: ${name}`),
  );
  expect(unknown).toEqual([]);
  const needed = new Set(used.flatMap(({ names }) => names));
  expect([...foreign].filter((name) => !needed.has(name), 'nothing is listed that nobody uses')).toEqual([]);
});

withTools('under Prometheus', PROGRAMS, () => {
  let stage: Stage;
  let prometheus: string;
  let received: Notification[];
  let exporters: Exporters;

  beforeAll(async () => {
    stage = createStage();
    exporters = await startExporters(stage);
    const webhook = await stage.receive();
    received = webhook.received;
    const alertmanager = await startAlertmanager(stage, webhook.url);
    prometheus = await startPrometheus(stage, {
      jobs: (self) =>
        jobs({ ...exporters, 'prometheus-alertmanager': `http://${alertmanager}`, prometheus: self }),
      rules: writeHastyRules(stage),
      alertmanager,
    });
  });
  afterAll(() => stage.end());

  /** As in prometheus/compose.yml, with the addresses of here. */
  function jobs(urls: Record<keyof typeof FOREIGN_METRICS.measured, string>): unknown[] {
    const { scrape_configs } = readYaml<{
      scrape_configs: { job_name: string; scrape_interval?: string; relabel_configs?: unknown[] }[];
    }>('./prometheus/compose.yml');
    const targets: Record<string, string> = {
      'dropmate-functions': functionsUrl,
      'dropmate-realtime': realtimeUrl,
      'dropmate-worker': `http://127.0.0.1:${workerPort}`,
      'dropmate-postgres': urls['prometheus-postgres-exporter'],
      'dropmate-alertmanager': urls['prometheus-alertmanager'],
      'dropmate-prometheus': urls.prometheus,
    };
    return scrape_configs.flatMap((job) => {
      if (job.job_name === 'dropmate-blackbox') {
        const blackbox = new URL(urls['prometheus-blackbox-exporter']).host;
        const [target, instance] = job.relabel_configs ?? [];
        return {
          ...job,
          scrape_interval: '1s',
          file_sd_configs: undefined,
          static_configs: [{ targets: [`${functionsUrl}/`, `${functionsUrl}/readyz`] }],
          relabel_configs: [target, instance, { target_label: '__address__', replacement: blackbox }],
        };
      }
      const url = targets[job.job_name];
      if (url === undefined) return [];
      return { job_name: job.job_name, static_configs: [{ targets: [new URL(url).host] }] };
    });
  }

  async function query(expression: string): Promise<number[]> {
    const answer = await get(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
    // Prometheus' HTTP API, version 1, has this shape.
    const { data } = JSON.parse(answer ?? '{}') as { data?: { result: { value: [number, string] }[] } };
    return (data?.result ?? []).map(({ value: [, value] }) => Number(value));
  }

  async function firing(): Promise<string[]> {
    // As above.
    const answer = JSON.parse((await get(`${prometheus}/api/v1/alerts`)) ?? '{}') as {
      data?: { alerts: { state: string; labels: { alertname: string } }[] };
    };
    return (answer.data?.alerts ?? [])
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => labels.alertname)
      .sort();
  }

  // Each waits for several things, and each of those up to 20 s on a busy machine.
  test(
    'all of it is scraped, the pages answer, and the only alarm is that there was no backup yet',
    PATIENT,
    async () => {
      await eventually(async () => ((await query('sum(up)'))[0] === 8 ? true : undefined));
      await eventually(async () => ((await query('min(probe_success)'))[0] === 1 ? true : undefined));
      await eventually(async () => ((await query('pg_up'))[0] === 1 ? true : undefined));
      await eventually(async () => {
        const names = (await firing()).filter((name) => !ABOUT_TIME.has(name));
        return names.join() === 'DrillOld,DumpOld,Watchdog' ? true : undefined;
      });
      expect((await query('count(dropmate_http_requests_total)'))[0]).toBeGreaterThan(0);
    },
  );

  test('the foreign exporters that run here export what the list says', PATIENT, async () => {
    for (const [name, metrics] of Object.entries(FOREIGN_METRICS.measured)) {
      for (const metric of metrics) {
        await eventually(async () => ((await query(`count(${metric})`)).length > 0 ? true : undefined)).catch(
          () => {
            throw new Error(`${name} does not export ${metric}.`);
          },
        );
      }
    }
  });

  test('orders that are late raise an alarm, which ends with them', { timeout: 180_000 }, async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await createOrder(api, shopKey)).id);
    // The API takes no promise that is over already.
    await owner`update orders set promised_at = now() - interval '1 minute' where id = any(${ids})`;
    // The worker looks for them every 15 s.
    const patient = { timeout: 80_000, interval: 200 };
    await expect.poll(() => query('max(dropmate_orders_late)'), patient).toEqual([3]);
    await expect.poll(firing, patient).toContain('OrdersLate');
    for (const id of ids) {
      await api.call('POST', `/v1/orders/${id}/cancel`, { token: shopKey, body: { reason: 'Too late.' } });
    }
    await expect.poll(firing, patient).not.toContain('OrdersLate');
  });

  test('a killed worker pages with its runbook, and its return is told', PATIENT, async () => {
    await worker.end('SIGKILL');
    const told = (status: 'firing' | 'resolved') =>
      eventually(async () =>
        received
          .filter(({ receiver }) => receiver === 'page')
          .flatMap(({ alerts }) => alerts)
          .find((alert) => alert.status === status && alert.labels.alertname === 'ProcessDown'),
      );
    expect(await told('firing')).toMatchObject({
      labels: { job: 'dropmate-worker', severity: 'page' },
      annotations: {
        summary: `dropmate-worker at 127.0.0.1:${workerPort} does not answer`,
        runbook: 'docs/runbooks/process-down.md',
      },
    });
    worker = await startWorker();
    await told('resolved');
    await eventually(async () => ((await firing()).includes('ProcessDown') ? undefined : true));
    await eventually(async () => received.find(({ receiver }) => receiver === 'heartbeat'));
  });
});

type Exporters = Record<'prometheus-postgres-exporter' | 'prometheus-blackbox-exporter', string>;

async function startExporters(stage: Stage): Promise<Exporters> {
  const [postgresPort, blackboxPort] = [await findFreePort(), await findFreePort()];
  const postgres = `http://127.0.0.1:${postgresPort}`;
  const blackbox = `http://127.0.0.1:${blackboxPort}`;
  await stage.start(
    'prometheus-postgres-exporter',
    [`--web.listen-address=127.0.0.1:${postgresPort}`],
    `${postgres}/metrics`,
    { DATA_SOURCE_NAME: `${cluster.database.ownerUrl}?sslmode=disable` },
  );
  await stage.start(
    'prometheus-blackbox-exporter',
    [`--config.file=${here('./blackbox/blackbox.yml')}`, `--web.listen-address=127.0.0.1:${blackboxPort}`],
    `${blackbox}/metrics`,
  );
  return { 'prometheus-postgres-exporter': postgres, 'prometheus-blackbox-exporter': blackbox };
}
