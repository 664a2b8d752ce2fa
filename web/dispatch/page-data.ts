import type { Tiles } from '../map/tiles.ts';

/** What the server tells the script: nothing of any merchant, for it does not know who will log in. */
export type DispatchPageData = { locale: string; tiles: Tiles | null };
