import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLoopback, isPublicAddress } from './public-address.ts';

/** All addresses of a host name; rejects when it has none. */
export type Resolve = (hostname: string) => Promise<string[]>;

export type TargetRules = {
  /** Also http, any port, and hosts on loopback: for development and tests. */
  allowInsecure: boolean;
  resolve: Resolve;
};

/** Where a webhook goes: the URL, and the one address to connect to. Or why it goes nowhere. */
export type Target =
  | { kind: 'found'; url: URL; address: string }
  | { kind: 'refused' | 'unresolved'; reason: string };

/**
 * Looks up a webhook's URL, once, and checks every address that it may lead to. Who connects, connects to the address that
 * is answered: looking it up again could answer another. For functions (a new endpoint) and the worker (each attempt).
 */
export async function findTarget(text: string, rules: TargetRules): Promise<Target> {
  const fault = urlFault(text, rules.allowInsecure);
  if (fault !== undefined) return { kind: 'refused', reason: fault };
  const url = new URL(text);
  const addresses = await addressesOf(hostOf(url), rules).catch(() => []);
  const [address] = addresses.toSorted((a, b) => isIP(a) - isIP(b));
  if (address === undefined) return { kind: 'unresolved', reason: 'its host name leads to no address' };
  if (addresses.every((each) => mayBeCalled(each, rules))) return { kind: 'found', url, address };
  return { kind: 'refused', reason: 'it leads to an address that is not on the public internet' };
}

/** What is wrong with a webhook's URL by itself, or undefined. */
function urlFault(text: string, allowInsecure: boolean): string | undefined {
  if (!URL.canParse(text)) return 'is not a URL';
  const { protocol, username, password, hash, port } = new URL(text);
  if (protocol !== 'https:' && !(allowInsecure && protocol === 'http:')) return 'must be https';
  if (username !== '' || password !== '') return 'must hold no user name or password';
  if (hash !== '') return 'must have no fragment';
  // Lower ones are mail, shells and databases, which an HTTP request could be taken for a command by.
  if (!allowInsecure && port !== '' && Number(port) < 1024)
    return 'must have the port 443 or one from 1024 on';
  return undefined;
}

/** Without an IPv6 literal's brackets. The URL has brought other ways to write an address (`127.1`, hex) into this one. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

async function addressesOf(host: string, { resolve, allowInsecure }: TargetRules): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  // No name server is asked for it.
  if (allowInsecure && host === 'localhost') return ['127.0.0.1'];
  return resolve(host);
}

const mayBeCalled = (address: string, { allowInsecure }: TargetRules): boolean =>
  isPublicAddress(address) || (allowInsecure && isLoopback(address));

/**
 * Asks the name servers, for at most some 4 s. Not getaddrinfo: it reads the hosts file, tries the network's own search
 * domains, and some slow lookups would fill the few threads that all of Node's lookups share.
 */
export function createResolve(): Resolve {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  return async (hostname) => {
    const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    return found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };
}
