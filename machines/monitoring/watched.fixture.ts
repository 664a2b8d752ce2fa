import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findFreePort } from '../../db/embedded/port.ts';
import { eventually } from '../../tests/support/client.ts';
import { RULE_FILES, readRules, readYaml } from './monitoring.fixture.ts';

/** What is started here is ended, last first, by `end`. */
export function createStage() {
  const endings: (() => Promise<unknown>)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-watched-'));

  /** A program on PATH that is up once `url` answers. */
  const start = async (name: string, args: string[], url: string, env: Record<string, string> = {}) => {
    const child = spawn(name, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk));
    const ended = once(child, 'close');
    // A run that is interrupted takes it along.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    endings.push(async () => {
      process.off('exit', kill);
      kill();
      await ended;
    });
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${log}`);
      return (await get(url)) === null ? undefined : true;
    });
  };

  /** Takes what Alertmanager sends to a webhook. */
  const receive = async () => {
    const received: Notification[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      // Alertmanager's webhook, version 4, has this shape.
      received.push(JSON.parse(Buffer.concat(chunks).toString()) as Notification);
      response.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    endings.push(async () => server.close());
    // A server that listens on a port has an address of this shape.
    return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  };

  const write = (name: string, content: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, stringify(content));
    return file;
  };

  return {
    start,
    receive,
    write,
    folder,
    async end() {
      for (const ending of endings.reverse()) await ending();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Stage = ReturnType<typeof createStage>;
export type Notification = {
  receiver: string;
  alerts: {
    status: 'firing' | 'resolved';
    labels: Record<string, string>;
    annotations: Record<string, string>;
  }[];
};

/** The rules as they stand, but without their patience: what is so for two seconds is so. */
export function writeHastyRules(stage: Stage): string[] {
  return RULE_FILES.map((file) => {
    const rules = readRules(file);
    for (const rule of rules.groups.flatMap((group) => group.rules)) if (rule.for) rule.for = '2s';
    return stage.write(file, rules);
  });
}

/** Alertmanager with the routes as they stand; every webhook is `webhook`, mail is left out, and nothing waits. */
export async function startAlertmanager(stage: Stage, webhook: string): Promise<string> {
  const parsed = readYaml<{
    global?: unknown;
    route: { routes: Record<string, unknown>[] } & Record<string, unknown>;
    receivers: { webhook_configs?: { url: string }[]; email_configs?: unknown }[];
  }>('./alertmanager/alertmanager.yml');
  delete parsed.global;
  for (const receiver of parsed.receivers) {
    delete receiver.email_configs;
    for (const hook of receiver.webhook_configs ?? []) hook.url = webhook;
  }
  for (const route of [parsed.route, ...parsed.route.routes]) {
    Object.assign(route, { group_wait: '0s', group_interval: '1s' });
  }
  const port = await findFreePort();
  const args = [
    `--config.file=${stage.write('alertmanager.yml', parsed)}`,
    `--storage.path=${stage.folder}/alertmanager`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
  await stage.start('prometheus-alertmanager', args, `http://127.0.0.1:${port}/-/ready`);
  return `127.0.0.1:${port}`;
}

/** Prometheus over these jobs, each second, which may name its own address. Returns where it answers. */
export async function startPrometheus(
  stage: Stage,
  options: { jobs: (self: string) => unknown[]; rules: string[]; alertmanager: string },
): Promise<string> {
  const port = await findFreePort();
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: options.rules,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] },
    scrape_configs: options.jobs(`http://127.0.0.1:${port}`),
  };
  const args = [
    `--config.file=${stage.write('prometheus.yml', config)}`,
    `--storage.tsdb.path=${stage.folder}/prometheus`,
    `--web.listen-address=127.0.0.1:${port}`,
    // What fired before Alertmanager was found is told again, by default after a minute.
    '--rules.alert.resend-delay=1s',
  ];
  await stage.start('prometheus', args, `http://127.0.0.1:${port}/-/ready`);
  return `http://127.0.0.1:${port}`;
}

/** The body of a 2xx answer, or null. */
export async function get(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    const text = await response.text();
    return response.ok ? text : null;
  } catch {
    return null;
  }
}
