import { readView } from './read-message.ts';
import type { PageData } from './render.tsx';

/** What `renderTrackingPage` wrote into the page, or null when the page is not whole. */
export function readPageData(json: string): PageData | null {
  try {
    const data: unknown = JSON.parse(json);
    if (typeof data !== 'object' || data === null || !('view' in data)) return null;
    // The same build wrote the rest, on the server that also sent this script; the view came from the database.
    return readView(data.view) === null ? null : (data as PageData);
  } catch {
    return null;
  }
}
