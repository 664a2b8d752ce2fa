import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import newman from 'newman';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../machines/worker/webhooks/test-support.ts';
import { describeApi } from '../scripts/postman/api-description.ts';
import { CHAPTERS } from '../scripts/postman/steps.ts';
import { COLLECTION_FILE, renderCollection } from '../scripts/postman.ts';
import { createSystem } from './support/system.ts';

describe('the Postman collection', () => {
  test('is the one that the API’s description gives: run `node scripts/postman.ts` when it is not', async () => {
    expect(readFileSync(COLLECTION_FILE, 'utf8') === (await renderCollection())).toBe(true);
  });

  test('asks for each operation of the API', () => {
    const operations = Object.values(describeApi().paths ?? {})
      .flatMap((methods) => Object.values(methods))
      .map(({ operationId }) => operationId);
    const asked = Object.values(CHAPTERS).flatMap((steps) => steps.map(({ does }) => does));
    expect([...new Set(asked)].sort()).toEqual(operations.sort());
  });

  test('passes from the top to the bottom on a fresh system', async () => {
    const receiver = await startReceiver();
    onTestFinished(receiver.close);
    const system = await createSystem({ WEBHOOKS_ALLOW_INSECURE: '1' });
    await system.start();
    const { run } = await promisify(newman.run)({
      collection: JSON.parse(readFileSync(COLLECTION_FILE, 'utf8')),
      envVar: [
        { key: 'baseUrl', value: system.url },
        { key: 'webhookUrl', value: receiver.url },
      ],
      timeoutRequest: 20_000,
    });
    const answers = new Map(
      run.executions.map(({ item, response }) => [item.name, `${response?.code} ${response?.text()}`]),
    );
    const failures = run.failures.map(
      ({ source, error }) => `${source?.name}: ${error.message}; ${answers.get(source?.name ?? '')}`,
    );
    expect(failures).toEqual([]);
    expect(run.stats.requests).toMatchObject({
      total: Object.values(CHAPTERS).flat().length,
      failed: 0,
    });
  }, 120_000);
});
