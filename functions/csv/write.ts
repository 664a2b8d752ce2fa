import { stringify } from 'csv-stringify/sync';
import type { Logger } from 'pino';
import { tellable } from '../problem.ts';
import { guarded } from './formulas.ts';

export type Cell = string | number | null | undefined;
/** Each column's name, and what it shows of a row. */
export type Columns<Row> = Record<string, (row: Row) => Cell>;
export type CsvFormat = { separator: string; bom: boolean };

/**
 * A CSV of RFC 4180 in UTF-8, its header first, written while `pages` are read: one page is in memory, and the next is read
 * when the client has taken it. The first is read before this resolves, so what fails by then can still be answered.
 */
export async function csvStream<Row>(
  pages: AsyncGenerator<Row[]>,
  columns: Columns<Row>,
  { separator, bom }: CsvFormat,
  log: Logger,
): Promise<ReadableStream<Uint8Array>> {
  const lines = (rows: Cell[][]) =>
    stringify(rows, { delimiter: separator, record_delimiter: 'windows', quote_record_delimiter: true });
  const cells = Object.values(columns);
  const write = (rows: Row[]) => lines(rows.map((row) => cells.map((cell) => guardedCell(cell(row)))));
  const encoder = new TextEncoder();

  let head = `${bom ? '\ufeff' : ''}${lines([Object.keys(columns)])}`;
  let first: IteratorResult<Row[], unknown> | undefined = await pages.next();
  let left = false;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const page = first ?? (await pages.next());
          first = undefined;
          if (left) return;
          const text = head + (page.done ? '' : write(page.value));
          head = '';
          if (text !== '') controller.enqueue(encoder.encode(text));
          if (page.done) controller.close();
        } catch (error) {
          // The answer has begun: that it breaks off is all that can be told.
          controller.error(tellable(error, log));
        }
      },
      cancel: async () => {
        left = true;
        await pages.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

const guardedCell = (cell: Cell): Cell => (typeof cell === 'string' ? guarded(cell) : cell);

/** Rows in pages, each read on its own; `read` gets the last row of the page before. One that is not full is the last. */
export async function* pagesOf<Row>(
  size: number,
  read: (after: Row | undefined) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  let after: Row | undefined;
  while (true) {
    const rows = await read(after);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    after = rows.at(-1);
  }
}
