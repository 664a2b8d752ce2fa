import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** What a built page needs: its styles as text, to be written into the page, and its script's address, if it has one. */
export type PageAssets = { css: string; script: string | null };

export type DocumentOptions = {
  /** BCP 47 tag. */
  lang: string;
  title: string;
  description?: string;
  /** The nonce of this answer's Content-Security-Policy, for the styles and data within the page. */
  nonce: string;
  assets: PageAssets;
  /** More CSS after the page's own; the caller vouches for it. */
  css?: string;
  /** Whether search engines may list the page. A page that a secret link opens is for nobody else. */
  listed: boolean;
  /** Given to the script as JSON in `#page-data`. */
  pageData?: unknown;
  /** More of the head: a manifest, icons. */
  head?: ComponentChildren;
  viewport?: string;
  children: ComponentChildren;
};

/** A whole HTML document, with the content in `#app`. Everything in it is escaped but `assets.css` and `css`. */
export function renderDocument(options: DocumentOptions): string {
  return `<!doctype html>${renderToString(<Document {...options} />)}`;
}

function Document(options: DocumentOptions): JSX.Element {
  const { lang, title, description, nonce, assets, listed, pageData, children } = options;
  return (
    <html lang={lang}>
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content={options.viewport ?? 'width=device-width,initial-scale=1'} />
        <meta name="color-scheme" content="light dark" />
        {description !== undefined && <meta name="description" content={description} />}
        {!listed && <meta name="robots" content="noindex,nofollow" />}
        {/* Other servers (map tiles, a logo) learn which site asks, as some demand, but never the link. */}
        <meta name="referrer" content="strict-origin" />
        <link rel="icon" href="data:," />
        {options.head}
        <style nonce={nonce} dangerouslySetInnerHTML={{ __html: `${assets.css}${options.css ?? ''}` }} />
        {assets.script !== null && pageData !== undefined && <script type="module" src={assets.script} />}
      </head>
      <body>
        <div id="app">{children}</div>
        {pageData !== undefined && (
          <script
            type="application/json"
            id="page-data"
            nonce={nonce}
            dangerouslySetInnerHTML={{ __html: jsonForHtml(pageData) }}
          />
        )}
      </body>
    </html>
  );
}

/** JSON that can stand inside a script element: nothing in it can end the element, or a line of script. */
export function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
