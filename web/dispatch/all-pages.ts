const MOST_PAGES = 20;

type Page<T> = { data: T[]; nextCursor: string | null };

/** All pages of a list that is short by its nature. */
export async function allPages<T>(read: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data, nextCursor }: Page<T> = await read(cursor === null ? {} : { cursor });
    all.push(...data);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return all;
}
