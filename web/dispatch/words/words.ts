import { type Dictionary, wordsOf } from '../../i18n/dictionary.ts';
import { en } from './en.ts';
import { es } from './es.ts';

/** What the board and its dialogs say; the other views have words of their own, which load with them. */
export type DispatchWords = typeof en;

const WORDS: Dictionary<DispatchWords> = { en, es };

export const dispatchWords = (locale: string): DispatchWords => wordsOf(WORDS, locale);
