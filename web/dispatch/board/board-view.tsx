import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useDispatch } from '../dispatch.ts';
import { OrderPanel } from '../order/order-panel.tsx';
import { DriverList } from './driver-list.tsx';
import { MapPane } from './map-pane.tsx';
import { OrderList } from './order-list.tsx';
import { SearchBar } from './search-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { Timeline } from './timeline.tsx';

/** Everything that goes on just now: lists, map, timeline, and the open order beside them. */
export function Board(): JSX.Element {
  const { place, words, isTimelineShown } = useDispatch();
  const { orderId } = place.value;
  // On a phone there is room for one of the two.
  const [pane, setPane] = useState<'list' | 'map'>('list');
  return (
    <main class={`board pane-${pane}${orderId === null ? '' : ' with-order'}`}>
      <h1 class="hidden">{words.views.board}</h1>
      <section class="lists" aria-label={words.board.orders}>
        <SearchBar />
        <SelectionBar />
        <div class="lists-scroll">
          <OrderList />
          <DriverList />
        </div>
      </section>
      <div class="middle">
        <MapPane />
        {isTimelineShown.value && <Timeline />}
      </div>
      {orderId !== null && <OrderPanel key={orderId} orderId={orderId} />}
      <div class="pane-switch">
        {(['list', 'map'] as const).map((name) => (
          <button
            key={name}
            type="button"
            class="tab"
            aria-pressed={pane === name}
            onClick={() => setPane(name)}
          >
            {words.board[name]}
          </button>
        ))}
      </div>
    </main>
  );
}
