import { describe, expect, test } from 'vitest';
import { afterId, PageQuery, toPage } from './paging.ts';

const id = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: id(index) }));

describe('a page', () => {
  test('says where the next one starts, when there is one', () => {
    const { rows: page, nextCursor } = toPage(rows(4), 3);
    expect(page).toEqual(rows(3));
    expect(afterId(nextCursor ?? undefined)).toBe(id(2));
  });

  test('that is the last one says so', () => {
    expect(toPage(rows(3), 3)).toEqual({ rows: rows(3), nextCursor: null });
    expect(toPage([], 3)).toEqual({ rows: [], nextCursor: null });
  });

  test('has 50 rows unless told otherwise, and 100 at most', () => {
    expect(PageQuery.parse({})).toEqual({ limit: 50 });
    expect(PageQuery.parse({ limit: '100' })).toEqual({ limit: 100 });
    for (const limit of ['0', '101', '-1', '1.5', 'x', '', ['1', '2']]) {
      expect(PageQuery.safeParse({ limit }).success).toBe(false);
    }
  });
});

describe('a cursor', () => {
  test.each(['', 'x', id(1), Buffer.from('no id').toString('base64url'), '%00', '💥'])(
    'that was not given (%j) is refused at its path',
    (cursor) => {
      let thrown: unknown;
      try {
        afterId(cursor);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: 'invalid', hints: { errors: [{ path: 'cursor' }] } });
    },
  );

  test('that is absent starts at the beginning', () => {
    expect(afterId(undefined)).toBeUndefined();
  });
});
