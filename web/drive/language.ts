import { chooseLocale } from '../i18n/locale.ts';

const KEY = 'dropmate.drive.language';

/** The driver's own choice, before the browser's languages: the page itself may come from the phone, in an older language. */
export function driveLocale(): string {
  return chooseLocale(navigator.languages.join(','), localStorage.getItem(KEY) ?? undefined);
}

export const rememberLanguage = (language: string): void => localStorage.setItem(KEY, language);
