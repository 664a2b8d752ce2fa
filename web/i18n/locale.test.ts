import { expect, test } from 'vitest';
import { chooseLocale, languageOf } from './locale.ts';

test.each([
  [undefined, undefined, 'en'],
  ['es-UY,es;q=0.9,en;q=0.8', undefined, 'es-UY'],
  ['fr-FR, es;q=0.5, en-GB;q=0.8', undefined, 'en-GB'],
  ['de,fr', undefined, 'en'],
  ['en-US,es-AR;q=0.5', 'es', 'es-AR'],
  ['en-US', 'es', 'es'],
  ['es-UY', 'fr', 'es-UY'],
  ['es;q=0, en', undefined, 'en'],
  ['es-u-nu-arab', undefined, 'es'],
  ['*, "><script>, es', '"><script>', 'es'],
])('reads %j with ?lang=%j as %s', (accept, lang, expected) => {
  expect(chooseLocale(accept, lang)).toBe(expected);
});

test('each locale has a language with a dictionary', () => {
  expect(languageOf('es-UY')).toBe('es');
  expect(languageOf('en')).toBe('en');
  expect(languageOf('fr-FR')).toBe('en');
});
