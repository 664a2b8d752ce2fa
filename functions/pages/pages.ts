import type { TrackingView } from '../tracking/view.ts';

/** `locale` is a BCP 47 tag, as `es-UY`. */
export type PageRequest = { locale: string; nonce: string };

/** The server-rendered pages; main.ts passes them in, so that handlers know nothing of how pages are made. */
export type Pages = {
  /** From the Accept-Language header and the page's own choice. */
  chooseLocale: (acceptLanguage: string | undefined, lang: string | undefined) => string;
  home: (request: PageRequest) => string;
  tracking: (request: PageRequest & { view: TrackingView; token: string; now: number }) => string;
  /** The reference of the API. */
  docs: (request: Pick<PageRequest, 'nonce'>) => string;
  /** Says kindly that a link leads nowhere, or no more. */
  link: (request: PageRequest & { kind: 'unknown' | 'expired' }) => string;
  /** The folder of built assets, served below `/assets`. */
  assetsFolder: string;
};
