import { useState } from 'preact/hooks';
import { type Loaded, useLoaded } from './use-loaded.ts';

type Page<T> = { data: T[]; nextCursor: string | null };
export type Paged<T> = { all: readonly T[]; hasMore: boolean };

/** A list of which more can be asked for: all of what was asked for so far is loaded anew when a key changes. */
export function usePaged<T>(
  load: (cursor: { cursor?: string }, signal: AbortSignal) => Promise<Page<T>>,
  keys: readonly unknown[],
): { pages: Loaded<Paged<T>>; more: () => void } {
  const [wanted, setWanted] = useState(1);
  const pages = useLoaded(
    async (signal): Promise<Paged<T>> => {
      const all: T[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < wanted; page++) {
        const { data, nextCursor }: Page<T> = await load(cursor === null ? {} : { cursor }, signal);
        all.push(...data);
        cursor = nextCursor;
        if (cursor === null) break;
      }
      return { all, hasMore: cursor !== null };
    },
    [...keys, wanted],
  );
  return { pages, more: () => setWanted((pages) => pages + 1) };
}
