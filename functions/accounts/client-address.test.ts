import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { ApiEnv } from '../api.ts';
import { clientAddress } from './client-address.ts';

async function seen(
  peer: string | undefined,
  headers: Record<string, string> = {},
  onFly = false,
): Promise<string> {
  const app = new Hono<ApiEnv>().get('/', (c) => c.text(clientAddress(c, onFly)));
  const env = peer === undefined ? undefined : { incoming: { socket: { remoteAddress: peer } } };
  return (await app.request('/', { headers }, env)).text();
}

describe('the address of a client', () => {
  it.each([
    ['203.0.113.9', {}, '203.0.113.9'],
    ['::ffff:203.0.113.9', {}, '203.0.113.9'],
    ['203.0.113.9', { 'X-Forwarded-For': '1.2.3.4', 'Fly-Client-IP': '1.2.3.4' }, '203.0.113.9'],
    ['10.0.0.2', { 'X-Forwarded-For': '1.2.3.4, 198.51.100.7' }, '198.51.100.7'],
    ['127.0.0.1', { 'X-Forwarded-For': 'nonsense' }, '127.0.0.1'],
    ['::1', {}, '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', {}, '2001:db8:1:2::/64'],
    ['2001:0db8:1:2::9', {}, '2001:db8:1:2::/64'],
    ['10.0.0.2', { 'X-Forwarded-For': '2001:db8::7' }, '2001:db8:0:0::/64'],
  ])('of a peer %s with %o is %s', async (peer, headers, address) => {
    expect(await seen(peer, headers)).toBe(address);
  });

  it('is what Fly says on Fly only: elsewhere the header is the asker’s own', async () => {
    const headers = { 'Fly-Client-IP': '198.51.100.7', 'X-Forwarded-For': '1.2.3.4' };
    expect(await seen('fdaa::3', headers, true)).toBe('198.51.100.7');
    expect(await seen('10.0.0.2', headers)).toBe('1.2.3.4');
    expect(await seen('10.0.0.2', { 'Fly-Client-IP': '198.51.100.7' })).toBe('10.0.0.2');
    expect(await seen('203.0.113.9', headers, true)).toBe('203.0.113.9');
  });

  it('is empty without a server', async () => {
    expect(await seen(undefined)).toBe('');
  });
});
