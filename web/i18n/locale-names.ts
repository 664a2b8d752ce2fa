import type { Language } from './locale.ts';

/** Each language by its own name, for the link that switches to it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' };
