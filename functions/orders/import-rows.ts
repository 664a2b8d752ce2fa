import type { FieldError } from '../../domain/errors.ts';
import { fieldErrors } from '../api.ts';
import { unguarded } from '../csv/formulas.ts';
import type { CsvRow, CsvTable } from '../csv/read.ts';
import { NewOrder } from './create.ts';
import { columnsOf, type FileColumn, IMPORT_COLUMNS } from './import-columns.ts';
import { readCell, type Shop } from './read-cell.ts';
import { wrongTimes } from './times.ts';

/** What is wrong in one cell; `column` as the file calls it, null for the row as a whole. */
export type RowError = { row: number; column: string | null; message: string };
export type ImportRow = { row: number; order: NewOrder };
export type Checked = {
  rows: number;
  /** Those of good rows. */
  orders: ImportRow[];
  errors: RowError[];
  /** What the file calls the column of `external_id`. */
  idColumn: string;
};

type Rules = { shop: Shop & { hasPickup: boolean }; ignoreUnknown: boolean; now: number };

/** The orders of a sheet, and all that is wrong with it. Pure: what is in the database is not looked at. */
export function checkRows(table: CsvTable, rules: Rules): Checked {
  const { columns, errors: wrongHeader } = columnsOf(table.header, rules.ignoreUnknown);
  const errors: RowError[] = wrongHeader.map((error) => ({ row: 1, ...error }));
  if (table.broken) errors.push({ column: null, ...table.broken });
  else if (table.rows.length === 0) errors.push({ row: 1, column: null, message: 'has no orders below it' });
  // Without good columns nothing can be said of a row.
  const idColumn = titleOf(columns, 'externalId');
  if (wrongHeader.length > 0) return { rows: table.rows.length, orders: [], errors, idColumn };

  const orders: ImportRow[] = [];
  const firstRow = new Map<string, number>();
  for (const row of table.rows) {
    const { order, wrong } = checkRow(row, columns, rules);
    const tell = (column: string | null, message: string) => errors.push({ row: row.row, column, message });
    for (const { column, message } of wrong) tell(column, message);
    if (order === undefined) continue;
    const { externalId } = order;
    const before = externalId === undefined ? undefined : firstRow.get(externalId);
    if (before !== undefined) {
      tell(idColumn, `is that of row ${before} as well`);
      continue;
    }
    if (externalId !== undefined) firstRow.set(externalId, row.row);
    orders.push({ row: row.row, order });
  }
  return { rows: table.rows.length, orders, errors, idColumn };
}

type CellError = { column: string | null; message: string };

function checkRow({ cells }: CsvRow, columns: readonly FileColumn[], { shop, now }: Rules) {
  if (cells.length !== columns.length) {
    const message = `has ${cells.length} cells, the header has ${columns.length}`;
    return { order: undefined, wrong: [{ column: null, message }] };
  }
  const wrong: CellError[] = [];
  const input = new Map<string, unknown>();
  for (const [index, { title, name }] of columns.entries()) {
    const cell = unguarded(cells[index] ?? '').trim();
    if (cell === '') continue;
    const column = name === undefined ? undefined : IMPORT_COLUMNS[name];
    if (column === undefined) {
      if (title === '')
        wrong.push({ column: null, message: `has text in column ${index + 1}, which has no name` });
      continue;
    }
    const reading = readCell(column.kind, cell, shop);
    if ('wrong' in reading) wrong.push({ column: title, message: reading.wrong });
    else if (reading.value !== undefined) input.set(column.path, reading.value);
  }
  const parsed = NewOrder.safeParse(nested(input));
  const found: FieldError[] = parsed.success
    ? wrongTimes(parsed.data, now)
    : fieldErrors(parsed.error.issues).map((error) =>
        isMissing(input, error.path) ? { ...error, message: 'is needed' } : error,
      );
  if (!shop.hasPickup && parsed.data !== undefined && parsed.data.pickup === undefined) {
    found.push({ path: 'pickup.address', message: 'is needed while the merchant has no default pickup' });
  }
  for (const { path, message } of found) {
    const column = titleOf(columns, path);
    // One that could not be read is missing as well.
    if (!wrong.some((other) => other.column === column)) wrong.push({ column, message });
  }
  return { order: wrong.length === 0 ? parsed.data : undefined, wrong };
}

/** `dropoff.contact.name` becomes {dropoff: {contact: {name}}}. The paths are those of IMPORT_COLUMNS. */
function nested(input: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const order: Record<string, unknown> = { dropoff: { contact: {} } };
  for (const [path, value] of input) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = order;
    for (const key of keys) {
      // Only objects made here stand on the way to a leaf.
      const inner = (at[key] ?? {}) as Record<string, unknown>;
      at[key] = inner;
      at = inner;
    }
    at[last] = value;
  }
  return order;
}

const isMissing = (input: ReadonlyMap<string, unknown>, path: string): boolean =>
  ![...input.keys()].some((given) => isWithin(given, path));

const isWithin = (path: string, other: string): boolean =>
  path === other || path.startsWith(`${other}.`) || other.startsWith(`${path}.`);

/** What the file calls the column of that place in an order; where it has none, the name that it would have. */
function titleOf(columns: readonly FileColumn[], path: string): string {
  const fitting = Object.entries(IMPORT_COLUMNS).filter(
    ([, { path: own }]) => own !== '' && isWithin(path, own),
  );
  const titles = fitting.flatMap(([name]) => columns.find((column) => column.name === name)?.title ?? []);
  return titles[0] ?? fitting[0]?.[0] ?? path;
}
