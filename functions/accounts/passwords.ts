import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { createTurns, type Turns } from './turns.ts';

export type Passwords = {
  /** The PHC string to store. Throws `unavailable` when too many wait. */
  hash: (password: string) => Promise<string>;
  /** Whether it is the password. Takes the same time when there is none stored. Throws `unavailable` likewise. */
  verify: (password: string, stored: string | null) => Promise<boolean>;
};

type Parameters = { memory: number; passes: number; parallelism: number };

// OWASP's smallest for argon2id (cheatsheetseries.owasp.org, Password Storage): 19 MiB, 25 ms.
const PARAMETERS: Parameters = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const AT_ONCE = 2;
const MOST_WAITING = 50;

const derive = promisify(argon2);

/** One for a process: at most two hashes are made at a time, or logging in would take the memory and all threads. */
export function createPasswords(inTurn: Turns = createTurns(AT_ONCE, MOST_WAITING)): Passwords {
  const hashOf = (password: string, nonce: Uint8Array, length: number, parameters: Parameters) =>
    // The same letters come in several Unicode forms, by keyboard.
    inTurn(() =>
      derive('argon2id', {
        message: password.normalize('NFKC'),
        nonce,
        tagLength: length,
        ...parameters,
      }),
    );
  return {
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES);
      return toPhc(salt, await hashOf(password, salt, HASH_BYTES, PARAMETERS));
    },
    verify: async (password, stored) => {
      const known = stored === null ? undefined : parsePhc(stored);
      if (known === undefined) {
        await hashOf(password, randomBytes(SALT_BYTES), HASH_BYTES, PARAMETERS);
        return false;
      }
      const { salt, hash, parameters } = known;
      return timingSafeEqual(hash, await hashOf(password, salt, hash.length, parameters));
    },
  };
}

/** PHC string format (github.com/P-H-C/phc-string-format): base64 without padding. */
function toPhc(salt: Uint8Array, hash: Uint8Array): string {
  const { memory, passes, parallelism } = PARAMETERS;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

/** A hash says how it was made, so that the parameters may grow later. */
function parsePhc(phc: string): { salt: Buffer; hash: Buffer; parameters: Parameters } | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(phc);
  if (match === null) return undefined;
  const [, memory, passes, parallelism, salt = '', hash = ''] = match;
  return {
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
