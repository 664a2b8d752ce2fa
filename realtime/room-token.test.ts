import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { KeySet } from './key-set.ts';
import { verifyRoomToken } from './room-token.ts';

const ID = '0192a000-0000-7000-8000-000000000001';
const claims = { merchant: ID, party: 'fleet-room', room: ID, audience: 'manager' };

async function signer(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' };
  const sign = ({ audience = 'dropmate:room', expires = '1h', body = claims as object } = {}) =>
    new SignJWT({ ...body })
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .setIssuer('dropmate')
      .setSubject('user')
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey);
  return { jwk, sign };
}

function functionsWith(...keys: object[]) {
  const state = { keys, up: true, asked: 0, now: 0 };
  const load = async () => {
    state.asked++;
    if (!state.up) throw new Error('down');
    return { keys: state.keys };
  };
  return { state, keySet: new KeySet(load, () => state.now) };
}

test('a good token gives its claims', async () => {
  const { jwk, sign } = await signer('one');
  const verdict = await verifyRoomToken(await sign(), functionsWith(jwk).keySet);
  expect(verdict).toMatchObject({ ok: true, claims: { ...claims, sub: 'user' } });
});

test.each([
  ['another audience', { audience: 'dropmate:api' }],
  ['an hour too late', { expires: '-1h' }],
  ['claims that are none of a room', { body: { ...claims, party: 'kitchen' } }],
])('%s is bad', async (_, options) => {
  const { jwk, sign } = await signer('one');
  const verdict = await verifyRoomToken(await sign(options), functionsWith(jwk).keySet);
  expect(verdict).toEqual({ ok: false, why: 'bad' });
});

test('nonsense and another signer are bad', async () => {
  const { jwk } = await signer('one');
  const stranger = await signer('one');
  const { keySet } = functionsWith(jwk);
  for (const token of ['', 'x', 'a.b.c', await stranger.sign()]) {
    expect(await verifyRoomToken(token, keySet)).toEqual({ ok: false, why: 'bad' });
  }
});

test('known keys go on being good while functions is down; without any, nobody can tell', async () => {
  const { jwk, sign } = await signer('one');
  const { state, keySet } = functionsWith(jwk);
  state.up = false;
  expect(await verifyRoomToken(await sign(), keySet)).toEqual({ ok: false, why: 'unavailable' });
  state.up = true;
  expect(await verifyRoomToken(await sign(), keySet)).toMatchObject({ ok: true });
  state.up = false;
  state.now += 3_600_000;
  expect(await verifyRoomToken(await sign(), keySet)).toMatchObject({ ok: true });
});

test('a new key is found without a restart, and invented key ids do not make us ask again and again', async () => {
  const [old, fresh] = [await signer('old'), await signer('new')];
  const { state, keySet } = functionsWith(old.jwk);
  await verifyRoomToken(await old.sign(), keySet);
  state.keys.push(fresh.jwk);
  state.now += 11_000;
  expect(await verifyRoomToken(await fresh.sign(), keySet)).toMatchObject({ ok: true });
  const invented = await signer('invented');
  for (let i = 0; i < 10; i++) await verifyRoomToken(await invented.sign(), keySet);
  expect(state.asked).toBe(2);
});
