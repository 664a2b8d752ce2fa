import type { Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { formatMoney } from '../i18n/amounts.ts';
import { type StaffWords, staffWords } from '../i18n/staff-words.ts';
import { type Times, timesFor } from '../i18n/times.ts';
import type { ApiClient } from '../session/api.ts';
import type { Session } from '../session/session.ts';
import type { Drive } from './drive.ts';
import type { Following } from './follow.ts';
import type { Position } from './position.ts';
import type { Ringer } from './ringer.ts';
import type { Theme } from './theme.ts';
import { type DriveWords, driveWords } from './words/words.ts';

/** What the screens need besides the state: the phone, the words, and how things are written. */
export type AppContext = {
  drive: Drive;
  api: ApiClient;
  session: Session;
  position: Position;
  ringer: Ringer;
  theme: Signal<Theme>;
  following: () => Following | null;
  sendNow: () => void;
  locale: string;
  words: DriveWords;
  staff: StaffWords;
  times: Times;
  money: (minor: number) => string;
};

export type AppParts = Omit<AppContext, 'words' | 'staff' | 'times' | 'money'>;

export function createAppContext(parts: AppParts): AppContext {
  const { locale, drive } = parts;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return {
    ...parts,
    words: driveWords(locale),
    staff: staffWords(locale),
    times: timesFor(locale, timeZone),
    money: (minor) => formatMoney(minor, drive.shop.value?.currency ?? 'USD', locale),
  };
}

const Context = createContext<AppContext | null>(null);
export const AppProvider = Context.Provider;

/** In each screen. */
export function useApp(): AppContext {
  const app = useContext(Context);
  if (app === null) throw new Error('A screen is drawn outside of the app.');
  return app;
}
