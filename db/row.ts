import { getTableColumns, type InferSelectModel, type Table } from 'drizzle-orm';

/**
 * A table's row from what `to_jsonb(row)` gave: the outbox and the SQL functions hand rows over in that form.
 * Columns that a newer release has added since are null.
 */
export function rowFromJson<T extends Table>(table: T, json: Record<string, unknown>): InferSelectModel<T> {
  const row = Object.entries(getTableColumns(table)).map(([key, column]) => {
    const value = json[column.name] ?? null;
    // jsonb holds times as text and everything else of ours as it is.
    return [key, value !== null && column.dataType === 'date' ? new Date(value as string) : value];
  });
  // The keys and types are the table's own, written by Postgres from that very table.
  return Object.fromEntries(row) as InferSelectModel<T>;
}
