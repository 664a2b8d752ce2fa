import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import type { ApiEnv } from '../api.ts';

/**
 * Who is asking, for counting attempts. A proxy's word is taken only when the peer is on a private network, as a proxy
 * of ours is: what the nearest one has appended to X-Forwarded-For or, on Fly, Fly's own header; elsewhere that one comes
 * from whoever asks, and means nothing. An IPv6 client counts by its /64, which is one subscriber's.
 */
export function clientAddress(c: Pick<Context<ApiEnv>, 'env' | 'req'>, onFly: boolean): string {
  // Hono's own type forgets that a request without a server (`app.request`) has no bindings.
  const env: ApiEnv['Bindings'] | undefined = c.env;
  const peer = plain(env?.incoming?.socket.remoteAddress ?? '');
  if (!isPrivate(peer)) return subscriber(peer);
  const told =
    (onFly ? c.req.header('Fly-Client-IP') : undefined) ?? c.req.header('X-Forwarded-For')?.split(',').at(-1);
  const address = plain(told?.trim() ?? '');
  return subscriber(isIP(address) === 0 ? peer : address);
}

// IPv4 as a socket of both families names it.
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('100.64.0.0', 10);
PRIVATE.addSubnet('127.0.0.0', 8);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');

function isPrivate(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function subscriber(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Math.max(0, 8 - groups.length - rest.length) : 0;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...rest];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
