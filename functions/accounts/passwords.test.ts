import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPasswords } from './passwords.ts';
import { createTurns } from './turns.ts';

describe('a password', () => {
  it('is hashed by argon2id, in PHC form, with a salt of its own', async () => {
    const { hash, verify } = createPasswords();
    const [a, b] = await Promise.all([hash('correct horse'), hash('correct horse')]);
    expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(a).not.toBe(b);
    expect(await verify('correct horse', a)).toBe(true);
    expect(await verify('correct horse', b)).toBe(true);
    expect(await verify('correct horsf', a)).toBe(false);
  });

  it('is verified with the parameters that its hash names', async () => {
    const salt = Buffer.alloc(16, 7);
    const made = argon2Sync('argon2id', {
      message: 'old one',
      nonce: salt,
      memory: 1024,
      passes: 1,
      parallelism: 1,
      tagLength: 16,
    });
    const bare = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    const phc = `$argon2id$v=19$m=1024,t=1,p=1$${bare(salt)}$${bare(made)}`;
    expect(await createPasswords().verify('old one', phc)).toBe(true);
  });

  it('is never right where none is stored, or something else is', async () => {
    const { verify } = createPasswords();
    expect(await verify('', null)).toBe(false);
    expect(await verify('plain', 'plain')).toBe(false);
  });

  it('costs as much where none is stored: it waits its turn, and too many are refused', async () => {
    const { verify } = createPasswords(createTurns(1, 1));
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => verify('guess', null)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const [refused] = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'unavailable', hints: { retryAfter: 2 } });
  });
});
