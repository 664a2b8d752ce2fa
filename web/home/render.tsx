import { wordsOf } from '../i18n/dictionary.ts';
import { type PageAssets, renderDocument } from '../ui/document.tsx';
import { HomePage } from './page.tsx';
import type { Door, HomePageData } from './page-data.ts';
import { HOME_WORDS } from './words.ts';

export type RenderHomeOptions = {
  /** As `chooseLocale` gives it. */
  locale: string;
  nonce: string;
  assets: PageAssets;
  door: Door;
  /** Whether anybody may sign up here. */
  signUp: boolean;
};

/** The first page: what this is, and how one gets in; also what an invitation and a lost password's link open. */
export function renderHomePage({ nonce, assets, ...data }: RenderHomeOptions): string {
  const { locale, door } = data;
  const words = wordsOf(HOME_WORDS, locale);
  const titles: Record<Door['kind'], string> = {
    home: words.headline,
    invite: words.invited,
    reset: words.reset,
  };
  return renderDocument({
    lang: locale,
    title: `DropMate · ${titles[door.kind]}`,
    description: words.description,
    nonce,
    assets,
    listed: door.kind === 'home',
    pageData: data satisfies HomePageData,
    children: <HomePage data={data} />,
  });
}
