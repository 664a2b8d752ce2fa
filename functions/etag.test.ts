import { describe, expect, test } from 'vitest';
import { AppError } from '../domain/errors.ts';
import { etag, expectedVersion } from './etag.ts';

describe('If-Match', () => {
  test('names the version that its tag was made of', () => {
    for (const version of [1, 42, 999_999_999]) expect(expectedVersion(etag(version))).toBe(version);
    expect(expectedVersion(' "7" ')).toBe(7);
  });

  test.each([undefined, '*', ' * '])('that is %j asks for no version', (header) => {
    expect(expectedVersion(header)).toBeNull();
  });

  // RFC 9110, 13.1.1: strong comparison, so a weak tag matches nothing.
  test.each(['W/"7"', '7', '""', '"x"', '"7', '"7", "8"', '"0x7"', '"1e3"', '"-7"', '"9999999999"', ''])(
    'that is %j matches no version',
    (header) => {
      expect(() => expectedVersion(header)).toThrow(AppError);
    },
  );
});
