/** By which door one comes: the first page, or a link that was sent. */
export type Door = { kind: 'home' } | { kind: 'invite'; token: string } | { kind: 'reset'; token: string };

/** What the server tells the script. */
export type HomePageData = { locale: string; door: Door; signUp: boolean };
