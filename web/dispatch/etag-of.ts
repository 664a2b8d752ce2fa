/** What `If-Match` says of the version that the reader saw. */
export const etagOf = ({ version }: { version: number }): string => `"${version}"`;
