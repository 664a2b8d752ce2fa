import { execFile } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'client');

/**
 * Builds the package @dropmate/client into `out`, ready for `npm publish`: one ES module, and types that stand alone. The
 * compiler writes out what each route takes and answers; what else it names of the server is cut off here.
 */
export async function buildClient(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'api'), { recursive: true });
  const types = mkdtempSync(join(tmpdir(), 'dropmate-client-'));
  try {
    await Promise.all([bundle(out), declare(types)]);
    for (const file of globSync('client/*.d.ts', { cwd: types })) {
      writeFileSync(join(out, basename(file)), ownTypes(readFileSync(join(types, file), 'utf8')));
    }
    writeApi(join(types, 'functions'), join(out, 'api'));
  } finally {
    rmSync(types, { recursive: true, force: true });
  }
  for (const file of ['client/README.md', 'LICENSE'])
    copyFileSync(join(ROOT, file), join(out, basename(file)));
  const manifest = { ...readJson(join(SOURCE, 'package.json')), dependencies: { hono: honoVersion() } };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function bundle(out: string): Promise<void> {
  const { build } = await import('rolldown');
  await build({
    input: { index: join(SOURCE, 'index.ts') },
    platform: 'neutral',
    external: [/^hono\//],
    logLevel: 'warn',
    output: { dir: out, format: 'esm', entryFileNames: '[name].js' },
  });
}

async function declare(out: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [
    compiler,
    '-p',
    join(SOURCE, 'tsconfig.json'),
    '--outDir',
    out,
  ]);
}

/** Imports of files end in `.js`, and the API's type is beside. */
const ownTypes = (text: string): string =>
  text.replace('../functions/services.ts', './api/index.js').replace(/(['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2');

/** The type `Api` of services.ts, and of each routes.ts that it is made of the routes. */
function writeApi(functions: string, out: string): void {
  const services = readFileSync(join(functions, 'services.d.ts'), 'utf8');
  const api = /export type Api =[^;]+;/.exec(services)?.[0];
  if (api === undefined) throw new Error('services.ts has no type Api.');
  const imports: string[] = [];
  const sources = readFileSync(join(ROOT, 'functions/services.ts'), 'utf8');
  for (const [, names = '', file = ''] of sources.matchAll(
    /import \{([^}]+)\} from '\.\/(.+)\/routes\.ts';/g,
  )) {
    const needed = names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => api.includes(`typeof ${name}>`));
    if (needed.length === 0) continue;
    const name = file.replaceAll('/', '-');
    imports.push(`import type { ${needed.join(', ')} } from './${name}.js';`);
    const routes = readFileSync(join(functions, file, 'routes.d.ts'), 'utf8');
    writeFileSync(join(out, `${name}.d.ts`), routeTypes(routes, file));
  }
  writeFileSync(join(out, 'index.d.ts'), `${imports.join('\n')}\n${api}\n`);
}

/** What the routes are given, and what they have within, is nothing that a client sees. */
function routeTypes(text: string, file: string): string {
  const cut = text
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/\(\w+: Deps\) =>/g, '() =>')
    .replace(/import\("@hono\/zod-openapi"\)\.OpenAPIHono</g, 'import("hono").Hono<')
    .replace(/import\("\.\.\/api\.ts"\)\.ApiEnv|\bApiEnv\b/g, '{}')
    // Headers that may be left out, all of them: then so may be the whole.
    .replace(/\bheader: (?=\{\s*(?:'[\w-]+'\?: [^;{}]+;\s*)+\})/g, 'header?: ');
  const left = /import\("(?!hono)[^"]+"\)|\bDeps\b/.exec(cut);
  if (left !== null) throw new Error(`The types of functions/${file}/routes.ts still need ${left[0]}.`);
  return cut;
}

const Manifest = z.looseObject({ dependencies: z.record(z.string(), z.string()).optional() });
const readJson = (file: string) => Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));

function honoVersion(): string {
  const version = readJson(join(ROOT, 'package.json')).dependencies?.hono;
  if (version === undefined) throw new Error('package.json names no hono.');
  return `^${version}`;
}

if (import.meta.main) {
  const out = join(dirname(SOURCE), 'dist/client');
  await buildClient(out);
  console.log(`Built @dropmate/client in ${out}.`);
}
