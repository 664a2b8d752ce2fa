import type { LinkedAssets } from '../assets.ts';
import type { Tiles } from '../map/tiles.ts';
import { renderDocument } from '../ui/document.tsx';
import type { DispatchPageData } from './page-data.ts';
import { dispatchWords } from './words/words.ts';

export type RenderDispatchOptions = {
  /** As `chooseLocale` gives it. */
  locale: string;
  nonce: string;
  assets: LinkedAssets;
  tiles: Tiles | null;
};

/** The managers' page: an empty frame, which its script fills for who has logged in. */
export function renderDispatchPage({ locale, nonce, assets, tiles }: RenderDispatchOptions): string {
  const words = dispatchWords(locale);
  const pageData: DispatchPageData = { locale, tiles };
  return renderDocument({
    lang: locale,
    title: `${words.title} · DropMate`,
    nonce,
    assets: { css: '', script: assets.script },
    listed: false,
    pageData,
    head: <link rel="stylesheet" href={assets.css} />,
    children: (
      <main class="gate">
        <h1>{words.title}</h1>
        <noscript>
          <p>{words.noScript}</p>
        </noscript>
      </main>
    ),
  });
}
