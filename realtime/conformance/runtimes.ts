import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { type Realtime, serve } from '../serve.ts';
import { SECRET } from './fake-functions.ts';

export type RoomsOptions = { functions: string; publicUrl: string; flushMs: number };
export type Rooms = {
  origin: string;
  stop(): Promise<void>;
  /** Only on Node: what is behind it. */
  realtime?: Realtime;
  errors: unknown[];
};

export async function onNode({ functions, publicUrl, flushMs }: RoomsOptions): Promise<Rooms> {
  const errors: unknown[] = [];
  const realtime = await serve({
    PORT: 0,
    HOST: '127.0.0.1',
    FUNCTIONS_URL: functions,
    PUBLIC_URL: publicUrl,
    DROPMATE_SECRET: SECRET,
    LOG_LEVEL: 'silent',
    flushMs,
    log: { debug: () => {}, error: (error: unknown) => void errors.push(error) },
  });
  return { origin: `http://127.0.0.1:${realtime.port}`, stop: () => realtime.drain(), realtime, errors };
}

const binary = fileURLToPath(new URL('../../node_modules/.bin/workerd', import.meta.url));

/** Why workerd cannot run here (it needs glibc 2.35), or null. */
export function whyNoWorkerd(): string | null {
  const { error, status, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (error) return error.message;
  return status === 0 ? null : stderr.trim();
}

export async function onWorkerd(options: RoomsOptions): Promise<Rooms> {
  const folder = await mkdtemp(join(tmpdir(), 'dropmate-workerd-'));
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../worker.ts', import.meta.url)),
    external: ['cloudflare:workers'],
    platform: 'browser',
    logLevel: 'silent',
  });
  await bundle.write({ file: join(folder, 'worker.js'), format: 'esm' });
  await bundle.close();
  await writeFile(join(folder, 'config.capnp'), configuration(options));

  const child = spawn(binary, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => output.push(String(chunk)));
  const port = await listening(child, output);
  return {
    origin: `http://127.0.0.1:${port}`,
    errors: output,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** workerd tells on the control descriptor, a line of JSON each, on which port it listens. */
function listening(child: ChildProcess, output: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let told = '';
    child.stdio[3]?.on('data', (chunk) => {
      told += String(chunk);
      const port = /"event":"listen".*?"port":(\d+)/.exec(told)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code}: ${output.join('')}`)));
  });
}

function configuration({ functions, publicUrl, flushMs }: RoomsOptions): string {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "rooms", worker = .rooms),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "rooms")],
);

const rooms :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [
    (className = "FleetRoom", uniqueKey = "fleet-room", preventEviction = true),
    (className = "DeliveryRoom", uniqueKey = "delivery-room", preventEviction = true),
  ],
  durableObjectStorage = (inMemory = void),
  bindings = [
    (name = "FleetRoom", durableObjectNamespace = "FleetRoom"),
    (name = "DeliveryRoom", durableObjectNamespace = "DeliveryRoom"),
    (name = "FUNCTIONS_URL", text = "${functions}"),
    (name = "PUBLIC_URL", text = "${publicUrl}"),
    (name = "DROPMATE_SECRET", text = "${SECRET}"),
    (name = "FLUSH_MS", text = "${flushMs}"),
  ],
);
`;
}
