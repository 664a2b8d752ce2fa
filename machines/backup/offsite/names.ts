/** `<time>` of a dump, `<time>_<first segment>` of a base backup: what their names say without being opened. */
const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3}Z)/;

/** A backup's name from the time that it began. */
export function nameOf(at: Date): string {
  return at.toISOString().replaceAll(':', '-');
}

/** The time in a backup's name; undefined when it is none of ours. */
export function timeOf(name: string): Date | undefined {
  const [, day, hour, minute, second] = TIME.exec(name) ?? [];
  const at = new Date(`${day}T${hour}:${minute}:${second}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

export interface Named {
  name: string;
  at: Date;
  /** Bytes off-site. */
  bytes: number;
}

/** The whole backups in a listing of what lies off-site, the newest first: those with both their files. */
export function wholeOnes(
  listing: Map<string, number>,
  folder: '' | 'base/',
  extension: '.dump' | '.tar.gz',
): Named[] {
  const found: Named[] = [];
  for (const path of listing.keys()) {
    if (!path.startsWith(folder) || !path.endsWith('.json.age')) continue;
    const name = path.slice(folder.length, -'.json.age'.length);
    const bytes = listing.get(`${folder}${name}${extension}.age`);
    const at = timeOf(name);
    if (at && bytes !== undefined && !name.includes('/')) found.push({ name, at, bytes });
  }
  return found.sort((a, b) => b.at.getTime() - a.at.getTime());
}
