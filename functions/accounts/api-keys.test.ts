import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeys, auditLog } from '../../db/schema/accounts.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { type Problem, paths } from './accounts.fixture.ts';
import type { ApiKey } from './api-key-answer.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

type Created = ApiKey & Problem & { key: string };

const create = (token: string, body: unknown = { name: 'Till', scopes: ['orders:read'] }) =>
  app.request<Created>('POST', '/v1/api-keys', { token, body });
const list = (token: string, query = '') =>
  app.request<{ data: ApiKey[]; nextCursor: string | null }>('GET', `/v1/api-keys${query}`, { token });
const revoke = (token: string, id: string) => app.request<Problem>('DELETE', `/v1/api-keys/${id}`, { token });

describe('creating an API key', () => {
  it('shows the key once; it opens what its scopes name', async () => {
    const { token, id: merchantId, userId } = await app.addMerchant();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const scopes = ['orders:read', 'orders:read', 'drivers:read'];
    const { status, body, headers } = await create(token, { name: 'Till', scopes, expiresAt });
    expect(status).toBe(201);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(body).toMatchObject({ name: 'Till', scopes: ['orders:read', 'drivers:read'], expiresAt });
    expect(body.key).toMatch(/^dm_live_[0-9a-f]{32}_[\w-]{43}$/);

    expect((await app.request('GET', '/v1/orders', { token: body.key })).status).toBe(200);
    const { key, ...shown } = body;
    expect((await list(token)).body.data).toEqual([shown]);
    const [stored] = await app.deps.db.withMerchant(merchantId, (tx) => tx.select().from(apiKeys));
    expect(JSON.stringify(stored)).not.toContain(key.split('_').at(-1));
    const [entry] = await app.deps.db.withMerchant(merchantId, (tx) => tx.select().from(auditLog));
    expect(entry).toMatchObject({ action: 'api_key.created', entityId: body.id, actorId: userId });
  });

  it('is refused to the key itself, for every route of keys and colleagues', async () => {
    const { token } = await app.addMerchant();
    const { key, id } = (await create(token)).body;
    const answers = await Promise.all([
      create(key),
      list(key),
      revoke(key, id),
      app.request('GET', '/v1/merchants/me', { token: key }),
      app.request('PATCH', '/v1/merchants/me', { token: key, body: { name: 'X' } }),
      app.request('GET', '/v1/users', { token: key }),
      app.request('POST', '/v1/users', { token: key, body: {} }),
      app.request('DELETE', `/v1/users/${crypto.randomUUID()}`, { token: key }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
  });

  it.each([
    ['no scopes', { scopes: [] }, 'scopes'],
    ['an unknown scope', { scopes: ['orders:read', 'users:write'] }, 'scopes.1'],
    ['a time that is past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['a time that is none', { expiresAt: 'tomorrow' }, 'expiresAt'],
    ['no name', { name: '' }, 'name'],
  ])('refuses %s and names its path', async (_, wrong, path) => {
    const { token } = await app.addMerchant();
    const answer = await create(token, { name: 'Till', scopes: ['orders:read'], ...wrong });
    expect(answer.status).toBe(400);
    expect(paths(answer)).toEqual([path]);
  });
});

describe('listing API keys', () => {
  it('is newest first, page by page, and only of the business', async () => {
    const { token } = await app.addMerchant();
    const other = await app.addMerchant();
    await create(other.token);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await create(token)).body.id);
    const first = await list(token, '?limit=2');
    const second = await list(token, `?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.data, ...second.body.data].map(({ id }) => id)).toEqual(ids);
    expect(second.body.nextCursor).toBeNull();
  });
});

describe('revoking an API key', () => {
  it('ends it, once', async () => {
    const { token, id: merchantId } = await app.addMerchant();
    const { id, key } = (await create(token)).body;
    expect((await revoke(token, id)).status).toBe(204);
    expect((await app.request('GET', '/v1/orders', { token: key })).status).toBe(401);
    expect((await list(token)).body.data).toEqual([]);
    expect((await revoke(token, id)).status).toBe(404);
    const entries = await app.deps.db.withMerchant(merchantId, (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.action, 'api_key.revoked')),
    );
    expect(entries.map(({ entityId }) => entityId)).toEqual([id]);
  });

  it("does not find another business's", async () => {
    const { token } = await app.addMerchant();
    const other = await app.addMerchant();
    const { id, key } = (await create(other.token)).body;
    const unknown = await revoke(token, crypto.randomUUID());
    const others = await revoke(token, id);
    expect([unknown.status, others.status]).toEqual([404, 404]);
    expect(others.body.detail).toBe(unknown.body.detail);
    expect((await app.request('GET', '/v1/orders', { token: key })).status).toBe(200);
  });
});
