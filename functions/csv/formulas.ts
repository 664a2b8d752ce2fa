// CWE-1236: a spreadsheet runs a cell that begins with one of these, wherever its text came from. OWASP's list, with the
// full-width signs that some spreadsheets read as the others.
const RUN = /^'*[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** The cell as it is exported: an apostrophe before what a spreadsheet would run. A plain number stays one. */
export const guarded = (cell: string): string => (RUN.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);

/** The cell as it was before: takes away what `guarded` put there, and nothing else. */
export const unguarded = (cell: string): string =>
  cell.startsWith("'") && RUN.test(cell) ? cell.slice(1) : cell;
