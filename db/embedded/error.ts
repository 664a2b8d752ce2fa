/** Something the operator must put right; its message is one line, fit to be shown as it is. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}
