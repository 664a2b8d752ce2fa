import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';

/** One line of the sheet. `row` is its number as a spreadsheet shows it: empty ones count, and a cell may hold several lines. */
export type CsvRow = { row: number; cells: string[] };
export type CsvTable = {
  header: string[];
  rows: CsvRow[];
  /** Where the file cannot be read any further, and why. */
  broken: { row: number; message: string } | undefined;
};

const MOST_CELLS = 200;
/** Bytes. A quote that is never closed is noticed here. */
const MOST_ROW_BYTES = 64 * 1024;
/** Parsed at a time: others get their turn in between. */
const SLICE_BYTES = 64 * 1024;

/**
 * The table in a CSV of RFC 4180, with its first line as the header, and comma, semicolon or tab between the cells,
 * whichever the header has most of. Lines without any text are left out. At most `mostRows` rows; a longer one is broken
 * there.
 */
export async function readCsv(text: string, mostRows: number): Promise<CsvTable> {
  const table: CsvTable = { header: [], rows: [], broken: undefined };
  let row = 0;
  const parser = parse({
    delimiter: separatorOf(text),
    relax_column_count: true,
    max_record_size: MOST_ROW_BYTES,
    // Nothing goes through the stream, so that what was read before an error is there after it.
    on_record: (cells: string[]) => {
      row++;
      if (cells.length > MOST_CELLS) throw new Refused(`has more than ${MOST_CELLS} cells`);
      if (row === 1) table.header = cells;
      else if (cells.some((cell) => cell.trim() !== '')) {
        if (table.rows.length >= mostRows) throw new Refused(`is one more than ${mostRows} rows`);
        table.rows.push({ row, cells });
      }
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(slices(text), parser);
  } catch (error) {
    if (error instanceof Refused) table.broken = { row, message: error.message };
    else if (error instanceof CsvError) table.broken = { row: row + 1, message: whyBroken(error) };
    else throw error;
  }
  return table;
}

class Refused extends Error {}

async function* slices(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    yield bytes.subarray(at, at + SLICE_BYTES);
    await setImmediate();
  }
}

/** What the first line has most of, outside of quotes. */
function separatorOf(text: string): string {
  const [line = ''] = text.slice(0, MOST_ROW_BYTES).split(/[\r\n]/, 1);
  const bare = line.replaceAll(/"[^"]*"?/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

function whyBroken({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'begins a quote that is never closed; nothing from here on can be read';
    case 'CSV_MAX_RECORD_SIZE':
      return `is longer than ${MOST_ROW_BYTES / 1024} KB: is a quote not closed?`;
    default:
      return 'has a quote in the midst of a cell; such a cell is put in quotes, and its own are doubled';
  }
}
