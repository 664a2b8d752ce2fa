import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { decimalsOf, fromMajor, inMajor } from './amounts.ts';
import { guarded, unguarded } from './formulas.ts';
import { readItems, writeItems } from './items.ts';
import { readCsv } from './read.ts';
import { csvStream, pagesOf } from './write.ts';

const readAll = async (stream: ReadableStream<Uint8Array>) => new Response(stream).text();
const log = pino({ level: 'silent' });
const COMMAS = { separator: ',', bom: false };

describe('a cell that a spreadsheet would run', () => {
  test.each(['=1+1', '+598 99', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', "'=1", '＝1'])(
    '%j is guarded',
    (cell) => {
      expect(guarded(cell)).toBe(`'${cell}`);
      expect(unguarded(guarded(cell))).toBe(cell);
    },
  );

  test.each(['', 'Pizza', '-12.50', '-5', '12', "'tis", "it's = 1", '1=1'])('%j is not', (cell) => {
    expect(guarded(cell)).toBe(cell);
    expect(unguarded(cell)).toBe(cell);
  });

  test('of any text comes back as it was', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '1', 'a', '.') });
    fc.assert(fc.property(text, (cell) => unguarded(guarded(cell)) === cell));
  });
});

describe('an amount', () => {
  test('is written with the decimals of its currency', () => {
    const write = (minor: number, currency: string) => inMajor(minor, decimalsOf(currency));
    expect(write(1250, 'UYU')).toBe('12.50');
    expect(write(5, 'UYU')).toBe('0.05');
    expect(write(0, 'EUR')).toBe('0.00');
    expect(write(-50, 'EUR')).toBe('-0.50');
    expect(write(1250, 'CLP')).toBe('1250');
    expect(write(1250, 'KWD')).toBe('1.250');
  });

  test('is read with a point or a comma, and never with a separator of thousands', () => {
    expect(['12.50', '12,5', '12', '0.05'].map((text) => fromMajor(text, 2))).toEqual([1250, 1250, 1200, 5]);
    expect(fromMajor('1250', 0)).toBe(1250);
    for (const text of [
      '1.234',
      '1,234.50',
      '1.234,50',
      '$ 12',
      '-1',
      '',
      '.5',
      '1e3',
      '12.',
      '9'.repeat(20),
    ]) {
      expect(fromMajor(text, 2), text).toBeUndefined();
    }
    expect(fromMajor('12.5', 0)).toBeUndefined();
  });

  test('comes back as it was', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000_000), fc.constantFrom(0, 2, 3), (minor, decimals) => {
        expect(fromMajor(inMajor(minor, decimals), decimals)).toBe(minor);
      }),
    );
  });
});

describe('the items of an order', () => {
  test('are read however they are written', () => {
    expect(readItems('2x Pizza @ 12.50; 1 X Coke\n3 × Agua;; Pan ; 2xl shirt', 2)).toEqual([
      { quantity: 2, name: 'Pizza', price: 1250 },
      { quantity: 1, name: 'Coke' },
      { quantity: 3, name: 'Agua' },
      { quantity: 1, name: 'Pan' },
      { quantity: 1, name: '2xl shirt' },
    ]);
    expect(readItems('2x Pizza @ twelve', 2)).toBeUndefined();
  });

  test('come back as they were, but for what is between them', () => {
    const items = [
      { name: 'Chivito "al pan"', quantity: 2, price: 45_000 },
      { name: 'Agua', quantity: 1 },
    ];
    expect(readItems(writeItems(items, 2), 2)).toEqual(items);
    expect(writeItems([{ name: 'Ham;\ncheese', quantity: 1 }], 2)).toBe('1x Ham, cheese');
  });
});

describe('a CSV', () => {
  const cellsOf = async (text: string) => (await readCsv(text, 10)).rows.map(({ cells }) => cells);

  test('has the separator that its header has, whatever is in its quotes', async () => {
    for (const separator of [',', ';', '\t']) {
      const text = ['"a,;\t,;\t"', 'b', 'c\r\n1', '"x\r\ny"', '"say ""hi"""'].join(separator);
      expect(await cellsOf(text)).toEqual([['1', 'x\r\ny', 'say "hi"']]);
    }
  });

  test('counts its rows as a spreadsheet does: empty ones too, and lines within a cell not', async () => {
    const { header, rows, broken } = await readCsv('a,b\n1,"x\ny"\n\n , \n2,z\n', 10);
    expect(header).toEqual(['a', 'b']);
    expect(rows.map(({ row, cells }) => [row, cells[0]])).toEqual([
      [2, '1'],
      [5, '2'],
    ]);
    expect(broken).toBeUndefined();
  });

  test.each([
    ['a,b\n1,2\n"open,x\n3,4\n', 3, /never closed/],
    ['a,b\n1,5" pipe\n3,4\n', 2, /midst of a cell/],
    ['a,b\n1,"x"y\n3,4\n', 2, /midst of a cell/],
    [`a,b\n1,2\n3,"${'x'.repeat(70_000)}"\n`, 3, /longer than 64 KB/],
    [`a,b\n${','.repeat(300)}\n`, 2, /200 cells/],
    [`a,b\n${'1,2\n'.repeat(11)}`, 12, /one more than 10/],
  ])('that breaks off says in which row and why (%#)', async (text, row, message) => {
    const { rows, broken } = await readCsv(text, 10);
    expect(broken).toEqual({ row, message: expect.stringMatching(message) });
    expect(rows).toHaveLength(row - 2);
  });

  test('may be empty, or a header only', async () => {
    expect(await readCsv('', 10)).toEqual({ header: [], rows: [], broken: undefined });
    expect(await readCsv('a', 10)).toEqual({ header: ['a'], rows: [], broken: undefined });
  });

  test('of many slices keeps the letters on their borders whole', async () => {
    const text = `a\n${'ñ😀'.repeat(5000)}\n`.repeat(2);
    const [first] = await cellsOf(`a\n${Array.from({ length: 9 }, () => 'ñ😀'.repeat(2000)).join('\n')}`);
    expect(first).toEqual(['ñ😀'.repeat(2000)]);
    expect((await cellsOf(text)).flat()).toEqual(['ñ😀'.repeat(5000), 'a', 'ñ😀'.repeat(5000)]);
  });
});

describe('a CSV that is written', () => {
  const columns = { text: (row: string) => row, count: (row: string) => row.length, none: () => null };

  test('is RFC 4180, with its header also above nothing', async () => {
    const pages = pagesOf<string>(2, async (after) => (after === undefined ? ['a "b"\nc', '=1'] : ['x,y']));
    expect(await readAll(await csvStream(pages, columns, COMMAS, log))).toBe(
      'text,count,none\r\n"a ""b""\nc",7,\r\n\'=1,2,\r\n"x,y",3,\r\n',
    );
    const none = pagesOf<string>(2, async () => []);
    expect(await readAll(await csvStream(none, columns, COMMAS, log))).toBe('text,count,none\r\n');
  });

  test('can have another separator and a mark', async () => {
    const pages = pagesOf(2, async () => ['a;b,c']);
    const stream = await csvStream(pages, columns, { separator: ';', bom: true }, log);
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toBe('text;count;none\r\n"a;b,c";5;\r\n');
  });

  test('reads a page when the one before was taken, and none for who has left', async () => {
    let read = 0;
    const pages = pagesOf(1, async () => [`${++read}`]);
    const stream = await csvStream(pages, columns, COMMAS, log);
    const reader = stream.getReader();
    expect(read).toBe(1);
    for (const expected of [1, 2, 3]) {
      await reader.read();
      expect(read).toBe(expected);
    }
    await reader.cancel();
    expect(read).toBe(3);
    expect((await pages.next()).done).toBe(true);
  });

  test('that cannot be begun throws; one that breaks off in between fails the reader', async () => {
    const failing = (from: number) => {
      let read = 0;
      return pagesOf<string>(1, async () => {
        if (++read >= from) throw new Error('gone');
        return ['x'];
      });
    };
    await expect(csvStream(failing(1), columns, COMMAS, log)).rejects.toThrow('gone');
    const stream = await csvStream(failing(2), columns, COMMAS, log);
    await expect(readAll(stream)).rejects.toThrow('Something went wrong');
  });

  test('is read as what was written, whatever it is', async () => {
    const anyText = fc.string({ unit: 'grapheme' }).map((text) => text.toWellFormed());
    const nasty = fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\r', '\n', "'", '=', ' ', 'a') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(anyText, nasty), { minLength: 1, maxLength: 5 }), async (rows) => {
        const pages = pagesOf(rows.length + 1, async () => rows);
        const text = await readAll(
          await csvStream(pages, { a: (row: string) => row, b: () => 'x' }, COMMAS, log),
        );
        const cells: string[][] = parse(text);
        expect(cells.slice(1).map(([cell = '']) => unguarded(cell))).toEqual(rows);
      }),
      { numRuns: 100, seed: 20_261_122 },
    );
  });
});
