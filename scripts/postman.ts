import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildCollection } from './postman/collection.ts';

/** Where the collection is kept, for who imports it into Postman without building anything. */
export const COLLECTION_FILE = join(import.meta.dirname, '../docs/postman/dropmate.postman_collection.json');

/** The collection as it is to be kept. */
export const renderCollection = async (): Promise<string> =>
  `${JSON.stringify(await buildCollection(), null, 2)}\n`;

if (import.meta.main) {
  mkdirSync(dirname(COLLECTION_FILE), { recursive: true });
  writeFileSync(COLLECTION_FILE, await renderCollection());
  console.log(`Wrote ${COLLECTION_FILE}.`);
}
