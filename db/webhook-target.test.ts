import { describe, expect, test } from 'vitest';
import { findTarget, type TargetRules } from './webhook-target.ts';

const resolving = (...addresses: string[]): TargetRules => ({
  allowInsecure: false,
  resolve: async () => addresses,
});
const reasonOf = async (url: string, rules = resolving('8.8.8.8')) => {
  const target = await findTarget(url, rules);
  return target.kind === 'found' ? `found ${target.address}` : `${target.kind}: ${target.reason}`;
};
const NOT_PUBLIC = 'refused: it leads to an address that is not on the public internet';

test('a URL leads to one of its addresses, IPv4 first', async () => {
  const target = await findTarget(
    'https://shop.example:8443/hooks?a=1',
    resolving('2606:4700::1', '8.8.8.8'),
  );
  expect(target).toMatchObject({ kind: 'found', address: '8.8.8.8' });
  expect(target.kind === 'found' && target.url.href).toBe('https://shop.example:8443/hooks?a=1');
  expect(await reasonOf('https://shop.example/', resolving('2606:4700::1'))).toBe('found 2606:4700::1');
});

test('one address that is not public among others refuses all', async () => {
  expect(await reasonOf('https://shop.example/', resolving('8.8.8.8', '10.0.0.1'))).toBe(NOT_PUBLIC);
  expect(await reasonOf('https://shop.example/', resolving('8.8.8.8', '::ffff:8.8.8.8'))).toBe(NOT_PUBLIC);
});

test('a name that leads nowhere is another thing than one that is refused', async () => {
  const failing = { allowInsecure: false, resolve: () => Promise.reject(new Error('ENOTFOUND')) };
  expect(await reasonOf('https://shop.example/', failing)).toMatch(/^unresolved: /);
  expect(await reasonOf('https://shop.example/', resolving())).toMatch(/^unresolved: /);
});

describe('a literal address is looked at as well, however it is written', () => {
  const never = { allowInsecure: false, resolve: () => Promise.reject(new Error('a literal was looked up')) };
  test.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://１２７.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::10.0.0.1]/',
    'https://[2002:a00:1::]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0/',
  ])('%s', async (url) => expect(await reasonOf(url, never)).toBe(NOT_PUBLIC));
});

test.each([
  ['http://shop.example/', 'must be https'],
  ['ftp://shop.example/', 'must be https'],
  ['javascript:alert(1)', 'must be https'],
  ['shop.example/hooks', 'is not a URL'],
  ['https://user:word@shop.example/', 'must hold no user name or password'],
  ['https://shop.example/#a', 'must have no fragment'],
  ['https://shop.example:25/', 'must have the port 443 or one from 1024 on'],
])('%s %s', async (url, fault) => expect(await reasonOf(url)).toBe(`refused: ${fault}`));

test('where it is allowed, also http and loopback, and nothing else that is private', async () => {
  const rules: TargetRules = { allowInsecure: true, resolve: async () => ['192.168.1.1'] };
  expect(await reasonOf('http://127.0.0.1:80/', rules)).toBe('found 127.0.0.1');
  expect(await reasonOf('http://localhost:4000/', rules)).toBe('found 127.0.0.1');
  expect(await reasonOf('http://[::1]:4000/', rules)).toBe('found ::1');
  expect(await reasonOf('http://10.0.0.1/', rules)).toBe(NOT_PUBLIC);
  expect(await reasonOf('http://router.example/', rules)).toBe(NOT_PUBLIC);
  expect(await reasonOf('http://169.254.169.254/', rules)).toBe(NOT_PUBLIC);
});
