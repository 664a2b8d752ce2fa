import { renderToString } from 'preact-render-to-string';
import type { LinkedAssets } from '../assets.ts';

export type RenderDocsOptions = { nonce: string; assets: LinkedAssets };

/** The reference of the API. What it says comes from `/openapi.json`, in English; so is all around it. */
export function renderDocsPage({ nonce, assets }: RenderDocsOptions): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>DropMate API reference</title>
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="Every operation of the DropMate API, to read and to try." />
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={assets.css} nonce={nonce} />
        <script type="module" src={assets.script} />
      </head>
      <body>
        <header class="docs-head">
          <a class="name" href="/">
            DropMate
          </a>
          <a href="/openapi.json">openapi.json</a>
        </header>
        <main id="app">
          <p class="docs-wait">
            The reference needs JavaScript. The same is in <a href="/openapi.json">openapi.json</a> for
            programs.
          </p>
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${renderToString(page)}`;
}
