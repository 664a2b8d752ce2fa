import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../../tests/support/app.ts';
import { anEmail } from './accounts.fixture.ts';
import type { AuditRecord } from './list-audit.ts';

const app = await createTestApp();
afterAll(() => app.end());

type Page = { data: AuditRecord[]; nextCursor: string | null };
const auditOf = (token: string, query = '') => app.request<Page>('GET', `/v1/audit${query}`, { token });

async function merchantWithHistory() {
  const merchant = await app.addMerchant();
  const { token } = merchant;
  const invited = await app.request<{ id: string }>('POST', '/v1/users', {
    token,
    body: { name: 'Bruno', email: anEmail() },
  });
  await app.request('PATCH', '/v1/merchants/me', { token, body: { name: 'Café Norte', country: 'UY' } });
  await app.request('DELETE', `/v1/users/${invited.body.id}`, { token });
  return { ...merchant, invited: invited.body.id };
}

test('the newest comes first, with who did it and to what', async () => {
  const { token, id, userId, invited } = await merchantWithHistory();
  const { status, body } = await auditOf(token);
  expect(status).toBe(200);
  expect(body.data.map(({ action, entity }) => [action, entity.id])).toEqual([
    ['user.removed', invited],
    ['merchant.changed', id],
    ['user.invited', invited],
  ]);
  expect(body.data[1]).toMatchObject({
    actor: { type: 'manager', id: userId, name: 'Maria' },
    details: { changed: ['name', 'country'] },
  });
});

test('is read in pages and by what it is about', async () => {
  const { token, id, invited } = await merchantWithHistory();
  const first = await auditOf(token, '?limit=2');
  expect(first.body.data).toHaveLength(2);
  const rest = await auditOf(token, `?limit=2&cursor=${first.body.nextCursor}`);
  expect(rest.body.data.map(({ action }) => action)).toEqual(['user.invited']);
  expect(rest.body.nextCursor).toBeNull();
  expect((await auditOf(token, `?entityId=${invited}`)).body.data).toHaveLength(2);
  expect((await auditOf(token, `?entityId=${id}&action=merchant.changed`)).body.data).toHaveLength(1);
  expect((await auditOf(token, '?to=2020-01-01T00:00:00Z')).body.data).toEqual([]);
  expect((await auditOf(token, '?from=yesterday')).status).toBe(400);
});

test('shows a merchant its own', async () => {
  await merchantWithHistory();
  const { token } = await app.addMerchant();
  expect((await auditOf(token)).body.data).toEqual([]);
});
