import { describe, expect, test } from 'vitest';
import { isLoopback, isPublicAddress } from './public-address.ts';

const REFUSED = `
  0.0.0.0  0.1.2.3  10.0.0.1  10.255.255.255  100.64.0.1  100.127.255.255  127.0.0.1  127.255.255.254
  169.254.169.254  172.16.0.1  172.31.255.255  192.0.0.170  192.0.2.1  192.88.99.1  192.168.1.1  198.18.0.1
  198.19.255.255  198.51.100.7  203.0.113.9  224.0.0.1  239.255.255.255  240.0.0.1  255.255.255.255
  ::  ::1  ::7f00:1  ::ffff:127.0.0.1  ::ffff:a00:1  ::ffff:8.8.8.8  64:ff9b::7f00:1  64:ff9b::808:808
  64:ff9b:1::a00:1  100::1  2001::1  2001:0:4136:e378:8000:63bf:3fff:fdd2  2001:db8::1  2002:7f00:1::
  2002:808:808::1  3fff::1  5f00::1  fc00::1  fd12:3456::1  fd00:ec2::254  fe80::1  fec0::1  ff02::1
`;
const PUBLIC = `
  1.1.1.1  8.8.8.8  9.255.255.255  11.0.0.1  100.63.255.255  100.128.0.1  126.255.255.255  128.0.0.1  169.253.0.1
  172.15.255.255  172.32.0.1  191.255.255.255  192.0.1.1  192.167.1.1  198.17.255.255  198.20.0.1  223.255.255.255
  2606:4700:4700::1111  2a00:1450:4001:830::200e  2001:200::1  2001:4860:4860::8888  2003::1
`;
const words = (text: string) => text.trim().split(/\s+/);

describe('an address that is no host of the internet', () => {
  test.each(words(REFUSED))('%s', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(['', 'localhost', '127.1', '0x7f000001', '2130706433', '1.1.1.1.', 'fe80::1%eth0'])(
    '%s, which is none in the one way to write it',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );
});

describe('an address of the internet, also next to those', () => {
  test.each(words(PUBLIC))('%s', (address) => expect(isPublicAddress(address)).toBe(true));
});

test('loopback is told from the rest', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].map(isLoopback)).toEqual([true, true, true]);
  expect(['128.0.0.1', '10.0.0.1', '::2', '0.0.0.0', 'localhost', ''].some(isLoopback)).toBe(false);
});
