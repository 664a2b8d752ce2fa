import { type Dictionary, wordsOf } from '../../i18n/dictionary.ts';
import { type DriveWords, en } from './en.ts';
import { es } from './es.ts';

export type { DriveWords } from './en.ts';

const DRIVE_WORDS: Dictionary<DriveWords> = { en, es };

export const driveWords = (locale: string): DriveWords => wordsOf(DRIVE_WORDS, locale);
