import { type Language, languageOf } from './locale.ts';

/** An app's own words in every language that there is: leaving one out does not compile. */
export type Dictionary<Words> = Readonly<Record<Language, Words>>;

/**
 * The words of a locale that `chooseLocale` gave. An app writes its type in `words.ts` and the words in `en.ts` and
 * `es.ts`; sentences with something in them are functions.
 */
export const wordsOf = <Words>(dictionary: Dictionary<Words>, locale: string): Words =>
  dictionary[languageOf(locale)];

/** `1 order`, `2 orders`: by the language's own rule; both languages of ours have these two forms for whole numbers. */
export function plural(locale: string, count: number, forms: { one: string; other: string }): string {
  const rule = new Intl.PluralRules(locale).select(count);
  return (rule === 'one' ? forms.one : forms.other).replace(
    '{n}',
    new Intl.NumberFormat(locale).format(count),
  );
}
