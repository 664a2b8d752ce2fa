import { expect, test } from 'vitest';
import { describe } from './complaint.ts';

test.each([
  ['an error', new Error('it broke\nin two lines'), 'it broke'],
  ['an error with a cause', new Error('it broke', { cause: new Error('no power') }), 'it broke: no power'],
  ['an error without a message', Object.assign(new Error(), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  ['what is like an error', { name: 'error', message: 'it broke\nhere', queue: 'room' }, 'it broke'],
  ['a text', 'it broke', 'it broke'],
  ['nothing', undefined, 'undefined'],
])('%s is one line', (_, error, line) => {
  expect(describe(error)).toBe(line);
});
