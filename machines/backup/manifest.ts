import { z } from 'zod';

const TableContents = z.object({ rows: z.number().int(), hash: z.string() });
const Definitions = z.object({ count: z.number().int(), hash: z.string() });

/** What a database holds, so that two can be compared without having both at hand. */
export const Contents = z.object({
  /** By `schema.table`; a partitioned table's partitions each. The hash does not depend on the order of rows. */
  tables: z.record(z.string(), TableContents),
  /** Columns, constraints, indexes, policies, functions, grants, …: how many and a hash of their definitions. */
  objects: z.record(z.string(), Definitions),
  /** How many rows break each rule of ours; 0 is right. */
  invariants: z.record(z.string(), z.number().int()),
});
export type Contents = z.infer<typeof Contents>;

/** What lies beside each dump. A dump without it is none: it is written last. */
export const Manifest = z.object({
  format: z.literal(1),
  name: z.string(),
  startedAt: z.iso.datetime(),
  /** Seconds that dumping and verifying took. */
  seconds: z.number(),
  server: z.object({ major: z.number().int(), version: z.string() }),
  /** What the database took on the server's disk, in bytes. */
  databaseBytes: z.number(),
  dump: z.object({ bytes: z.number().int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  contents: Contents,
});
export type Manifest = z.infer<typeof Manifest>;

export interface Comparison {
  /** Each a line; empty when the same. */
  differences: string[];
  /** What differs for a reason, such as definitions that another major of Postgres words differently. */
  remarks: string[];
}

/** Compares what was dumped with what came back. `sameMajor`: the definitions must be the same to the letter. */
export function compareContents(dumped: Contents, restored: Contents, sameMajor: boolean): Comparison {
  const differences = [
    ...compare(dumped.tables, restored.tables, 'table', ({ rows, hash }, other) => {
      if (rows !== other.rows) return `${rows} rows were dumped, ${other.rows} came back`;
      return hash === other.hash ? undefined : `all ${rows} rows came back, but not with the same content`;
    }),
    ...compare(dumped.invariants, restored.invariants, 'rule', (broken, other) =>
      broken === other ? undefined : `${broken} rows broke it when dumped, ${other} do now`,
    ),
  ];
  const definitions = compare(
    dumped.objects,
    restored.objects,
    'definitions of',
    ({ count, hash }, other) => {
      if (count !== other.count) return `there were ${count}, now ${other.count}`;
      return hash === other.hash ? undefined : `${count} as before, but not all the same`;
    },
  );
  return sameMajor
    ? { differences: [...differences, ...definitions], remarks: [] }
    : { differences, remarks: definitions };
}

function compare<T>(
  expected: Record<string, T>,
  found: Record<string, T>,
  what: string,
  look: (expected: T, found: T) => string | undefined,
): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return names.flatMap((name) => {
    const [before, after] = [expected[name], found[name]];
    if (before === undefined) return [`${what} ${name}: was not there when dumped`];
    if (after === undefined) return [`${what} ${name}: is missing`];
    const difference = look(before, after);
    return difference ? [`${what} ${name}: ${difference}`] : [];
  });
}

/** The sum of all tables' rows, for logs. */
export function countRows(contents: Contents): number {
  return Object.values(contents.tables).reduce((sum, { rows }) => sum + rows, 0);
}

/** The rules that rows of this database break, with how many do. */
export function brokenInvariants(contents: Contents): Record<string, number> {
  return Object.fromEntries(Object.entries(contents.invariants).filter(([, broken]) => broken > 0));
}
