import { LINK_WORDS } from '../i18n/link-words.ts';
import { languageOf } from '../i18n/locale.ts';
import { wordsFor } from '../i18n/words.ts';
import type { Tiles } from '../map/tiles.ts';
import { brandCss } from '../ui/brand.ts';
import { type PageAssets, renderDocument } from '../ui/document.tsx';
import { Footer, pageTitle, TrackingPage } from './page.tsx';
import { initialState } from './state.ts';
import type { TrackingView } from './view.ts';

/** What the server tells the page's script, as JSON within the page. */
export type PageData = {
  view: TrackingView;
  token: string;
  locale: string;
  tiles: Tiles | null;
  now: number;
};

export type RenderTrackingOptions = {
  view: TrackingView;
  /** The link's own token: the script asks the API with it. */
  token: string;
  /** As `chooseLocale` gives it. */
  locale: string;
  nonce: string;
  assets: PageAssets;
  tiles: Tiles | null;
  /** Milliseconds since 1970. */
  now: number;
};

/**
 * The customer's page, whole: times in the shop's zone until the script knows the reader's. The answer's policy must
 * allow `script-src 'self' 'nonce-…'; style-src 'self' 'nonce-…'; img-src` of tiles and logo; `connect-src` of the rooms.
 */
export function renderTrackingPage(options: RenderTrackingOptions): string {
  const { view, token, locale, nonce, assets, tiles, now } = options;
  const page = { state: initialState(view), locale, timeZone: view.merchant.timezone, now, tiles };
  const pageData: PageData = { view, token, locale, tiles, now };
  return renderDocument({
    lang: locale,
    title: pageTitle(page),
    nonce,
    assets,
    css: brandCss(view.merchant.color),
    listed: false,
    pageData,
    children: <TrackingPage {...page} />,
  });
}

export type RenderLinkOptions = {
  kind: 'unknown' | 'expired';
  locale: string;
  nonce: string;
  assets: PageAssets;
};

/** The page for a link that opens nothing (404) or nothing any more (410). It names no merchant: it may be anybody's. */
export function renderLinkPage({ kind, locale, nonce, assets }: RenderLinkOptions): string {
  const words = wordsFor(locale);
  const { title, sentence, advice } = LINK_WORDS[languageOf(locale)][kind];
  return renderDocument({
    lang: locale,
    title,
    nonce,
    assets,
    listed: false,
    children: (
      <div class="page">
        <main class="center">
          <section class="answer">
            <h1>{title}</h1>
            <p class="sentence">{sentence}</p>
            <p>{advice}</p>
          </section>
        </main>
        <Footer locale={locale} words={words} />
      </div>
    ),
  });
}
