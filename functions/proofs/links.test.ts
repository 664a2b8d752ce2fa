import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { createProofLinks } from './links.ts';
import { createPins } from './pins.ts';

const secretOf = () => randomBytes(32).toString('base64url');
const [MERCHANT, PROOF] = ['0198a000-0000-7000-8000-000000000001', '0198a000-0000-7000-8000-000000000002'];
const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? '';

afterEach(() => {
  vi.useRealTimers();
});

test('a link is good for five minutes, and then it is not', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-22T12:00:00Z') });
  const links = createProofLinks(secretOf(), 'https://shop.example');
  const { url, expiresAt } = await links.sign(MERCHANT, PROOF);
  expect(url).toContain(`https://shop.example/v1/proofs/${PROOF}/file?token=`);
  expect(expiresAt).toBe('2026-11-22T12:05:00.000Z');
  vi.setSystemTime('2026-11-22T12:04:59Z');
  expect(await links.verify(tokenOf(url))).toEqual({ merchantId: MERCHANT, proofId: PROOF, secondsLeft: 1 });
  vi.setSystemTime('2026-11-22T12:05:01Z');
  expect(await links.verify(tokenOf(url))).toBeUndefined();
});

test('a link of another secret, or changed, opens nothing', async () => {
  const links = createProofLinks(secretOf(), 'https://shop.example');
  const token = tokenOf((await links.sign(MERCHANT, PROOF)).url);
  expect(await createProofLinks(secretOf(), 'https://shop.example').verify(token)).toBeUndefined();
  for (const bad of ['', 'x', `${token}x`, token.replace(/\.[^.]+$/, '.')]) {
    expect(await links.verify(bad)).toBeUndefined();
  }
});

test('a PIN is four digits, sealed, and compared by what only our secret makes of it and its order', () => {
  const secret = secretOf();
  const pins = createPins(secret);
  const drawn = Array.from({ length: 200 }, () => pins.create(PROOF));
  const texts = drawn.map(({ sealed }) => pins.open(sealed) ?? '');
  expect(texts.every((pin) => /^\d{4}$/.test(pin))).toBe(true);
  expect(new Set(texts).size).toBeGreaterThan(100);
  for (const [index, { mac }] of drawn.entries()) expect(pins.mac(PROOF, texts[index] ?? '')).toBe(mac);
  expect(pins.mac(PROOF.toUpperCase(), '1234')).toBe(pins.mac(PROOF, '1234'));
  expect(pins.mac(MERCHANT, '1234')).not.toBe(pins.mac(PROOF, '1234'));
  expect(createPins(secretOf()).mac(PROOF, '1234')).not.toBe(pins.mac(PROOF, '1234'));
  expect(createPins(secretOf()).open(drawn[0]?.sealed ?? '')).toBeUndefined();
  expect(JSON.stringify(drawn)).not.toContain(`"${texts[0]}"`);
});
