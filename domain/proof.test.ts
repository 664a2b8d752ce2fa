import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pin, ProofGiven } from './proof.ts';

describe('a PIN', () => {
  test('is 4 to 6 digits, and nothing that only looks like them', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), (value) => {
        const digits =
          [...value].every((c) => c >= '0' && c <= '9') && value.length >= 4 && value.length <= 6;
        expect(Pin.safeParse(value).success).toBe(digits);
      }),
    );
    for (const good of ['0000', '12345', '999999']) expect(Pin.parse(good)).toBe(good);
    for (const bad of ['123', '1234567', '12 4', '１２３４', '1234\n', '-123', 1234]) {
      expect(Pin.safeParse(bad).success, String(bad)).toBe(false);
    }
  });
});

describe('what a driver shows', () => {
  test('knows its own fields only', () => {
    const photo = '0198a000-0000-7000-8000-000000000001';
    expect(ProofGiven.parse({ photoIds: [photo], pin: '1234', signedBy: ' Ana ' })).toEqual({
      photoIds: [photo],
      pin: '1234',
      signedBy: 'Ana',
    });
    for (const bad of [
      { photos: [] },
      { photoIds: 'x' },
      { photoIds: Array(21).fill(photo) },
      { pin: '1' },
    ]) {
      expect(ProofGiven.safeParse(bad).success).toBe(false);
    }
  });
});
