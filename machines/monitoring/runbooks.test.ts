import { existsSync, readdirSync, readFileSync } from 'node:fs';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../db/embedded/port.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { startProgram } from '../../tests/support/process.ts';
import { ALERTS, here, readYaml } from './monitoring.fixture.ts';

const FOLDER = here('../../docs/runbooks');
const RUNBOOKS = [...new Set(ALERTS.map(({ annotations }) => annotations.runbook))].map((path) => ({
  path,
  text: readFileSync(here(`../../${path}`), 'utf8'),
}));

let database: TestDatabase;
let owner: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  // The queue's tables are the worker's own; it makes them when it starts.
  const port = await findFreePort();
  const worker = startProgram('worker', {
    env: {
      HOST: '127.0.0.1',
      METRICS_PORT: String(port),
      DATABASE_URL: database.ownerUrl,
      DROPMATE_SECRET: database.secret,
      REALTIME_INTERNAL_URL: 'http://127.0.0.1:9',
      PUBLIC_URL: 'http://dropmate.test',
      LOG_LEVEL: 'error',
    },
  });
  await worker.answers(`http://127.0.0.1:${port}/readyz`);
  await worker.end();
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('no runbook is left of an alert that is gone', () => {
  const paths = RUNBOOKS.map(({ path }) => path);
  // The backups' own pages, which no alert names, begin so.
  const orphans = readdirSync(FOLDER).filter(
    (file) => !file.startsWith('backup-') && !paths.includes(`docs/runbooks/${file}`),
  );
  expect(orphans).toEqual([]);
});

describe.each(RUNBOOKS)('$path', ({ text }) => {
  test('asks the database in SQL that it understands', async () => {
    for (const [, statements = ''] of text.matchAll(/<<'SQL'\n(.*?)\nSQL$/gms)) {
      await owner.unsafe(statements);
    }
    for (const [, statement = ''] of text.matchAll(/`(delete from [^`]+;|select ensure[^`]+;)`/g)) {
      await owner.unsafe(statement);
    }
  });

  test('gives the scripts only options that they have, and names only containers that there are', () => {
    for (const [, script = '', rest = ''] of text.matchAll(/scripts\/fly\/([a-z-]+)([^`\n|&]*)/g)) {
      const source = readFileSync(here(`../../scripts/fly/${script}`), 'utf8');
      for (const [option] of rest.matchAll(/--[a-z-]+/g))
        expect(source, `${script} ${option}`).toContain(option);
      // Memory is a part of a size.
      if (rest.includes('--memory')) expect(rest).toContain('--size');
    }
    const { services } = readYaml<{ services: Record<string, unknown> }>('../compose.yaml');
    for (const [, words = ''] of text.matchAll(/compose\.yaml (?:logs|up)((?: [\w-]+)*)/g)) {
      const named = words.split(' ').filter((word) => /^[a-z]/.test(word));
      expect(named.filter((name) => !(name in services))).toEqual([]);
    }
    expect(text, 'compose finds nothing without its file').not.toMatch(/docker compose (?!-f )/);
  });

  test('names only files and alerts that there are', () => {
    const files = [...text.matchAll(/\b(?:scripts|machines|docs)\/[\w./-]*\w/g)].map(([path]) => path);
    expect(files.filter((path) => !existsSync(here(`../../${path}`)))).toEqual([]);
    const alerts = new Set(ALERTS.map(({ alert }) => alert));
    const named = [...text.matchAll(/[Ss]ee (?:there: )?([A-Z][a-z]+[A-Z]\w+)/g)].map(
      ([, alert]) => alert ?? '',
    );
    expect(named.filter((alert) => !alerts.has(alert))).toEqual([]);
  });
});
