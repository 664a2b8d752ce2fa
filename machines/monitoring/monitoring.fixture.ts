import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A configuration of ours. The caller says its shape, which the program that it is for has checked. */
export const readYaml = <T>(path: string): T => parse(readFileSync(here(path), 'utf8')) as T;

/** Registers these tests; where a tool is missing, one instead that is skipped and says which. */
export function withTools(title: string, tools: string[], tests: () => void): void {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length === 0) describe(title, tests);
  else
    test(title, ({ skip }) =>
      skip(`${missing.join(', ')} not on PATH: machines/monitoring/install-tools.sh`),
    );
}

const Rule = z.strictObject({
  alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket', 'none']) }),
  annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
});
const RuleFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule) })),
});
export type Rule = z.infer<typeof Rule>;

export const RULE_FILES = readdirSync(here('./rules'));
export const readRules = (file: string): z.infer<typeof RuleFile> =>
  RuleFile.parse(readYaml(`./rules/${file}`));
/** All alerts there are. */
export const ALERTS: Rule[] = RULE_FILES.flatMap((file) =>
  readRules(file).groups.flatMap(({ rules }) => rules),
);

const FILLERS = new Set(
  'and or unless by without on ignoring group_left group_right offset bool inf nan le'.split(' '),
);

/** The names of metrics in a PromQL expression: what is neither a label, a function, a word of the language nor a text. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\b\d[\w.]*/g, ' ');
  const names = [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\()\b(?!\s*\()/g)].map(([name]) => name);
  return [...new Set(names.filter((name) => !FILLERS.has(name)))];
}

/** The names that an answer of /metrics describes, with those that a histogram's name stands for. */
export function metricsOf(exposition: string): string[] {
  return [...exposition.matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
}

export const FLY = {
  DROPMATE_FLY_APP: 'cafe',
  PUBLIC_URL: 'https://cafe.test',
  ALERT_URL: 'https://p.test/a?b=1&c=|',
  DROPMATE_FLY_TOKEN: 'FlyV1 fm2_abc',
};

/** A folder with the configuration as the image for Fly makes it for FLY; removed with the test. */
export function renderForFly(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-fly-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  execFileSync(here('./render-for-fly'), [folder], { env: { PATH: process.env.PATH, ...FLY } });
  return folder;
}
