import type { TrackingView } from '../tracking/view.ts';

export type PageRequest = { locale: 'en' | 'es'; nonce: string };

/** The server-rendered pages; main.ts passes them in, so that handlers know nothing of how pages are made. */
export type Pages = {
  home: (request: PageRequest) => string;
  tracking: (request: PageRequest & { view: TrackingView; token: string; now: number }) => string;
  /** Says kindly that a link leads nowhere, or no more. */
  link: (request: PageRequest & { kind: 'unknown' | 'expired' }) => string;
  /** The folder of built assets, served below `/assets`. */
  assetsFolder: string;
};
