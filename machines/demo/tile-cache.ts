import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export type CachedTile = { gzipped: Buffer; etag: string };

const compress = promisify(gzip);

/**
 * Keeps the tiles asked for last, gzipped: at most `capacity` of them, 2 kB each on average. Two requests for the same
 * tile at once render it once.
 */
export function createTileCache(capacity: number) {
  const tiles = new Map<string, Promise<CachedTile>>();
  return (key: string, render: () => string): Promise<CachedTile> => {
    const known = tiles.get(key);
    const tile = known ?? make(render);
    // A Map keeps the order of insertion: the first key is the one used longest ago.
    tiles.delete(key);
    tiles.set(key, tile);
    if (!known) tile.catch(() => tiles.delete(key));
    for (const oldest of tiles.keys()) {
      if (tiles.size <= capacity) break;
      tiles.delete(oldest);
    }
    return tile;
  };
}

async function make(render: () => string): Promise<CachedTile> {
  const svg = render();
  const etag = `"${createHash('sha1').update(svg).digest('base64url').slice(0, 16)}"`;
  return { gzipped: await compress(svg), etag };
}
