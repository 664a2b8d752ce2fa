import { type PageAssets, renderDocument } from '../ui/document.tsx';

export type RenderDriveOptions = { locale: string; nonce: string; assets: PageAssets };

/** The drivers' app as it comes: its frame, and what is said until the script runs. It holds nobody's data. */
export function renderDrivePage({ locale, nonce, assets }: RenderDriveOptions): string {
  return renderDocument({
    lang: locale,
    title: 'DropMate',
    nonce,
    assets,
    listed: false,
    pageData: {},
    head: (
      <>
        <link rel="manifest" href="/drive.webmanifest" />
        <link rel="apple-touch-icon" href="/assets/drive-icon-192.png" />
        <meta name="theme-color" content="#0b1220" />
        <meta name="mobile-web-app-capable" content="yes" />
        <meta name="apple-mobile-web-app-capable" content="yes" />
        <meta name="apple-mobile-web-app-status-bar-style" content="black-translucent" />
      </>
    ),
    viewport: 'width=device-width,initial-scale=1,viewport-fit=cover',
    children: (
      <main class="loading" aria-busy="true">
        <h1>DropMate</h1>
        <noscript>JavaScript</noscript>
      </main>
    ),
  });
}
