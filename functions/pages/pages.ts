import type { TrackingView } from '../tracking/view.ts';

/** `locale` is a BCP 47 tag, as `es-UY`. */
export type PageRequest = { locale: string; nonce: string };

/** By which door one comes in. A token is nobody's to judge before it is sent back. */
export type Door = { kind: 'home' } | { kind: 'invite'; token: string } | { kind: 'reset'; token: string };

/** The server-rendered pages; main.ts passes them in, so that handlers know nothing of how pages are made. */
export type Pages = {
  /** From the Accept-Language header and the page's own choice. */
  chooseLocale: (acceptLanguage: string | undefined, lang: string | undefined) => string;
  /** The first page, or what a link that was sent by email or by a manager opens. `signUp`: whether anybody may. */
  home: (request: PageRequest & { door: Door; signUp: boolean }) => string;
  /** The drivers' app, and the worker that keeps it on the phone. */
  drive: (request: PageRequest) => string;
  driveWorker: string;
  /** The managers' page. */
  dispatch: (request: PageRequest) => string;
  tracking: (request: PageRequest & { view: TrackingView; token: string; now: number }) => string;
  /** The reference of the API. */
  docs: (request: Pick<PageRequest, 'nonce'>) => string;
  /** Says kindly that a link leads nowhere, or no more. */
  link: (request: PageRequest & { kind: 'unknown' | 'expired' }) => string;
  /** The folder of built assets, served below `/assets`. */
  assetsFolder: string;
};
