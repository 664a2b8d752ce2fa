import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type RequestOptions, type TestApp } from '../../tests/support/app.ts';
import { anEmail, tokenOf } from './accounts.fixture.ts';
import type { Session } from './sign-in.ts';

const lines: string[] = [];
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ log: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }) });
});
afterAll(() => app.end());

describe('secrets', () => {
  it('are in no log line, and in no answer but the one that gives them', async () => {
    const password = 'a very secret password';
    const email = anEmail();
    const answers: string[] = [];
    const ask = async <T>(method: string, path: string, options: RequestOptions): Promise<Answer<T>> => {
      const answer = await app.request<T>(method, path, options);
      answers.push(JSON.stringify(answer.body));
      return answer;
    };
    const { body: maria } = await ask<Session>('POST', '/v1/merchants', {
      body: { name: 'Café Sur', email, password },
    });
    const token = maria.accessToken;
    const { body: login } = await ask<Session>('POST', '/v1/auth/login', { body: { email, password } });
    await ask('POST', '/v1/auth/login', { body: { email, password: `${password}?` } });
    await ask('POST', '/v1/auth/login', { body: { email: 7, password } });
    const { body: refreshed } = await ask<Session>('POST', '/v1/auth/refresh', {
      body: { refreshToken: login.refreshToken },
    });
    const { body: key } = await ask<{ key: string }>('POST', '/v1/api-keys', {
      token,
      body: { name: 'Till', scopes: ['orders:read'] },
    });
    const colleague = anEmail();
    const { body: invited } = await ask<{ inviteUrl: string }>('POST', '/v1/users', {
      token,
      body: { name: 'Julia', email: colleague },
    });
    const inviteToken = tokenOf(invited.inviteUrl);
    const { body: julia } = await ask<Session>('POST', '/v1/auth/invite', {
      body: { token: inviteToken, password },
    });
    for (const path of ['/v1/users', '/v1/api-keys', '/v1/merchants/me']) await ask('GET', path, { token });
    await ask('POST', '/v1/auth/logout', { body: { refreshToken: refreshed.refreshToken } });
    await ask('POST', '/v1/auth/refresh', { body: { refreshToken: refreshed.refreshToken } });

    const all = [maria, login, refreshed, julia];
    // An access token of the same second is the same one: it says the same and EdDSA adds nothing.
    const access = all.map(({ accessToken }) => accessToken);
    const once = [...all.map(({ refreshToken }) => refreshToken), key.key, inviteToken];
    expect([...access, ...once].map((secret) => secret.length > 20)).not.toContain(false);
    const log = lines.join('');
    expect(log).toContain('/v1/auth/login');
    for (const secret of [...access, ...once, password, email, colleague]) expect(log).not.toContain(secret);
    for (const secret of once) expect(answers.filter((answer) => answer.includes(secret))).toHaveLength(1);
    for (const never of [password, '$argon2', 'Hash']) expect(answers.join('')).not.toContain(never);
  });
});
