import { type Filters, NO_FILTERS, SHOWN } from './board/filters.ts';

export const VIEWS = ['board', 'drivers', 'customers', 'zones', 'analytics', 'settings'] as const;
export type View = (typeof VIEWS)[number];

/** Where in the page one is: it stands in the address, so that a reload and a link lead back there. */
export type Place = { view: View; orderId: string | null; filters: Filters };

/**
 * The place that an address names by its query. Filters that it does not name are those that were `kept` (as
 * `filtersQuery` wrote them); what is none is passed over.
 */
export function readPlace(search: string, kept = ''): Place {
  const query = new URLSearchParams(search);
  const named = ['q', 'show', 'driver'].some((key) => query.has(key));
  return {
    view: VIEWS.find((view) => view === query.get('view')) ?? 'board',
    orderId: idOf(query.get('order')),
    filters: readFilters(named ? query : new URLSearchParams(kept)),
  };
}

/** The query of that place, without `?`; empty for the board with everything on it. */
export function placeQuery({ view, orderId, filters }: Place): string {
  const query = new URLSearchParams(filtersQuery(filters));
  if (view !== 'board') query.set('view', view);
  if (orderId !== null) query.set('order', orderId);
  return query.toString();
}

export function filtersQuery({ text, show, driverId }: Filters): string {
  const query = new URLSearchParams();
  if (text !== '') query.set('q', text);
  if (show !== 'all') query.set('show', show);
  if (driverId !== null) query.set('driver', driverId);
  return query.toString();
}

function readFilters(query: URLSearchParams): Filters {
  return {
    text: (query.get('q') ?? NO_FILTERS.text).slice(0, 200),
    show: SHOWN.find((show) => show === query.get('show')) ?? NO_FILTERS.show,
    driverId: idOf(query.get('driver')),
  };
}

const idOf = (value: string | null): string | null =>
  value !== null && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value) ? value : null;
