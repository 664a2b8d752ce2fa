import { BlockList, isIP } from 'node:net';

/**
 * Whether an IP address belongs to a host on the internet, rather than to this machine, its network, its cloud (the metadata
 * services are link-local), or nobody. What tunnels another address inside (mapped, NAT64, 6to4, Teredo) does not.
 * From the IANA special-purpose address registries (RFC 6890 and its successors).
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC.check(address, 'ipv4');
    case 6:
      return GLOBAL.check(address, 'ipv6') && !NOT_PUBLIC.check(address, 'ipv6');
    default:
      return false;
  }
}

export const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? LOOPBACK.check(address, 'ipv4') : LOOPBACK.check(address, 'ipv6');

const listOf = (...subnets: string[]): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', prefix] = subnet.split('/');
    list.addSubnet(net, Number(prefix), net.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
};

const LOOPBACK = listOf('127.0.0.0/8', '::1/128');
/** All that is given out of IPv6; the rest (loopback, mapped, NAT64, private, link-local, multicast) lies outside. */
const GLOBAL = listOf('2000::/3');
const NOT_PUBLIC = listOf(
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carriers' NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '2001::/23', // protocol assignments, Teredo
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
);
