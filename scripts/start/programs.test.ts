import { expect, test } from 'vitest';
import { environments } from './programs.ts';
import { readSettings } from './settings.ts';

const secrets = {
  databaseUrl: 'postgres://owner:word@127.0.0.1:5432/dropmate',
  secret: 'x'.repeat(43),
  signingKeys: [],
  demo: { email: 'a@example.com', password: 'word' },
};

function webhooksAt(host: string): (string | undefined)[] {
  const at = 'http://127.0.0.1:1';
  const addresses = { publicUrl: at, functions: at, realtime: at, worker: at, demo: at };
  const made = environments(readSettings({ HOST: host }), addresses, secrets);
  return [made.functions, made.worker].map(({ WEBHOOKS_ALLOW_INSECURE }) => WEBHOOKS_ALLOW_INSECURE);
}

test('webhooks may come back to this machine only while nobody else reaches it', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) expect(webhooksAt(host), host).toEqual(['1', '1']);
  for (const host of ['0.0.0.0', '::', '192.168.1.5']) {
    expect(webhooksAt(host), host).toEqual([undefined, undefined]);
  }
});
