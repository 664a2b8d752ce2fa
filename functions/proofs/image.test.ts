import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../domain/errors.ts';
import { MAX_PROOF_BYTES, PROOF_TYPES } from '../../domain/proof.ts';
import { readImage } from './image.ts';
import { jpeg, PICTURES, png } from './pictures.fixture.ts';

const refusal = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const error = await readImage(bytes).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error('it was taken, or broke', { cause: error });
  return `${error.code} ${error.hints.errors?.[0]?.path}: ${error.hints.errors?.[0]?.message ?? error.message}`;
};

describe('a picture', () => {
  test.each([...PROOF_TYPES])('%s is known by its content', async (type) => {
    const bytes = PICTURES[type](4000, 3000);
    expect(await readImage(bytes)).toMatchObject({
      type,
      bytes,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([...PROOF_TYPES])('%s that would fill the memory of who opens it is refused', async (type) => {
    expect(await refusal(PICTURES[type](16_000, 16_000))).toBe('invalid file: has 16000 × 16000 pixels');
    expect(await refusal(PICTURES[type](16_001, 1))).toBe('invalid file: has 16001 × 1 pixels');
  });

  test('without any pixel is refused', async () => {
    expect(await refusal(png(0, 8))).toBe('invalid file: has 0 × 8 pixels');
    expect(await refusal(jpeg(8, 0))).toBe('invalid file: has 8 × 0 pixels');
  });

  test('that is cut off before it says how large it is, is refused', async () => {
    expect(await refusal(jpeg(8, 8).slice(0, 24))).toMatch(/^invalid file: is damaged/);
  });

  test.each([
    ['nothing', '', 'invalid file: is empty'],
    ['a page', '<!doctype html><script>alert(1)</script>', 'invalid file: is no JPEG, PNG or WebP picture'],
    [
      'a drawing',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'invalid file: is no JPEG, PNG or WebP picture',
    ],
    ['a GIF', 'GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'invalid file: is no JPEG, PNG or WebP picture'],
  ])('%s is none', async (_, content, says) => {
    expect(await refusal(new Uint8Array(Buffer.from(content, 'latin1')))).toBe(says);
  });

  test('over 5 MB is too large', async () => {
    const large = new Uint8Array(MAX_PROOF_BYTES + 1);
    large.set(png(8, 8));
    expect(await refusal(large)).toMatch(/^too_large/);
  });

  test('of any bytes is taken or refused, and nothing breaks', async () => {
    const start = fc.constantFrom(...PROOF_TYPES).map((type) => PICTURES[type](8, 8));
    await fc.assert(
      fc.asyncProperty(start, fc.nat(60), fc.uint8Array({ maxLength: 40 }), async (good, at, noise) => {
        const bytes = new Uint8Array([...good.slice(0, at), ...noise]);
        await readImage(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(AppError));
      }),
      { numRuns: 300, seed: 20_261_122 },
    );
  });
});
