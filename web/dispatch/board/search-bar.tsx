import type { JSX } from 'preact';
import { Button } from '../../ui/button.tsx';
import { useDispatch } from '../dispatch.ts';
import { isFiltered, NO_FILTERS, type Shown } from './filters.ts';

const SHOWN: readonly Shown[] = ['all', 'unassigned', 'underway', 'late', 'ended'];

/** The search, which keys reach by this id. */
export const SEARCH_ID = 'order-search';

/** What the lists and the map are limited to, with the counts of all of it. */
export function SearchBar(): JSX.Element {
  const dispatch = useDispatch();
  const { words, place, counts } = dispatch;
  const { filters } = place.value;
  const { unassigned, underway, late } = counts.value;
  const count: Partial<Record<Shown, number>> = { unassigned, underway, late };
  return (
    <search class="search-bar">
      <label class="hidden" for={SEARCH_ID}>
        {words.board.search}
      </label>
      <input
        id={SEARCH_ID}
        class="input"
        type="search"
        placeholder={words.board.searchHint}
        value={filters.text}
        onInput={(event) => dispatch.filter({ text: event.currentTarget.value })}
      />
      <fieldset class="chips">
        <legend class="hidden">{words.board.filters}</legend>
        {SHOWN.map((show) => (
          <button
            key={show}
            type="button"
            class={`chip show-${show}`}
            aria-pressed={filters.show === show}
            onClick={() => dispatch.filter({ show })}
          >
            {words.board.show[show]}
            {count[show] !== undefined && <b class="numbers"> {count[show]}</b>}
          </button>
        ))}
      </fieldset>
      {isFiltered(filters) && (
        <p class="filtered">
          {filters.driverId !== null && (
            <span>{words.board.onlyDriver(dispatch.driverName(filters.driverId))}</span>
          )}
          <Button look="quiet" onClick={() => dispatch.filter(NO_FILTERS)}>
            {words.board.clearFilters}
          </Button>
        </p>
      )}
    </search>
  );
}
