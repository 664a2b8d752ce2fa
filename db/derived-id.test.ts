import { expect, test } from 'vitest';
import { z } from 'zod';
import { derivedId } from './derived-id.ts';

test('is a UUID of version 8, the same for the same parts, another for others', () => {
  const id = derivedId('order', 'a', 3);
  expect(z.uuid({ version: 'v8' }).parse(id)).toBe(derivedId('order', 'a', 3));
  expect(derivedId('order', 'a', 4)).not.toBe(id);
  expect(derivedId('ordera', 3)).not.toBe(derivedId('order', 'a3'));
});
