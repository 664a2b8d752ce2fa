/** The languages that have a dictionary. */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The BCP 47 tag in which a page is written, such as `es-UY`: `lang` (the page's `?lang=`) before the browser's
 * `Accept-Language`. Its language always has a dictionary; its region only decides how times and numbers look.
 */
export function chooseLocale(acceptLanguage: string | undefined, lang?: string): string {
  const accepted = acceptedTags(acceptLanguage ?? '').filter(isSpoken);
  const asked = plainTag(lang ?? '');
  if (asked === null || !isSpoken(asked)) return accepted[0] ?? 'en';
  return accepted.find((tag) => languageOf(tag) === asked) ?? asked;
}

/** The dictionary's language of a tag that `chooseLocale` gave; English for any other. */
export function languageOf(locale: string): Language {
  const language = locale.split('-')[0];
  return LANGUAGES.find((known) => known === language) ?? 'en';
}

const isSpoken = (tag: string): boolean => LANGUAGES.some((known) => known === tag.split('-')[0]);

/** The tags of an Accept-Language header (RFC 9110, 12.5.4), most wanted first; what is no tag is left out. */
function acceptedTags(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().split(';');
      const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((value) => value !== undefined);
      return { tag: plainTag(tag.trim()), weight: q === undefined ? 1 : Number(q) };
    })
    .filter((entry) => entry.weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map((entry) => entry.tag)
    .filter((tag) => tag !== null);
}

/** Language and region alone: what else a tag may carry (calendars, scripts) is nobody's wish here. */
function plainTag(tag: string): string | null {
  try {
    const { language, region } = new Intl.Locale(tag);
    return region === undefined ? language : `${language}-${region}`;
  } catch {
    return null;
  }
}
