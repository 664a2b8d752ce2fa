import { build } from '../scripts/build.ts';
import { analytics } from './analytics.ts';
import { scaling } from './scaling.ts';

// `npm run bench`: all rows; `npm run bench -- scaling --rounds 3`: that one, with its options. See README.md.

/** Each measures one thing, prints its table, and leaves nothing behind. It is given the arguments after its name. */
const ROWS: Record<string, (args: string[]) => Promise<void>> = { scaling, analytics };

const [name, ...args] = process.argv.slice(2);
const rows = name === undefined ? Object.values(ROWS) : [ROWS[name]];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await build({ ifChanged: true });
for (const row of rows) {
  if (row === undefined)
    throw new Error(`There is no row ${name}; there are: ${Object.keys(ROWS).join(', ')}.`);
  await row(args);
}
process.exit();
