import { chooseLocale } from './locale.ts';

/** The locale of the page as the server wrote it; else what the browser speaks. For scripts. */
export function pageLocale(): string {
  const written = document.documentElement.lang;
  return written === '' ? chooseLocale(navigator.languages.join(',')) : written;
}
