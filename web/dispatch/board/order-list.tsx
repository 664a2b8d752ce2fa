import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/notes.tsx';
import { useDispatch } from '../dispatch.ts';
import { holdRows, NO_ROWS, type Rows, SECTIONS, type SectionName, sectionOf } from './board.ts';
import { isFiltered } from './filters.ts';
import { OrderRow } from './order-row.tsx';

/** A pointer that has not moved for so long holds nothing any more. */
const PATIENCE_MS = 30_000;

/** The orders, unassigned ones first. While a pointer rests on them nothing moves. */
export function OrderList(): JSX.Element {
  const dispatch = useDispatch();
  const { rows: wanted, orders, isLoaded, released, words, staff, place } = dispatch;
  const [isPointed, setPointed] = useState(false);
  const movedAt = useRef(0);
  const drawn = useRef<{ rows: Rows; released: number }>({ rows: NO_ROWS, released: -1 });
  // Read here, or a change while rows are held would not draw anew.
  const next = wanted.value;
  // Who has left the mouse there for long is not about to press.
  const isWatched = isPointed && performance.now() - movedAt.current < PATIENCE_MS;
  const isHeld = isWatched && drawn.current.released === released.value;
  const { rows, waiting } = isHeld
    ? holdRows(drawn.current.rows, next, orders.value)
    : { rows: next, waiting: 0 };
  drawn.current = { rows, released: released.value };

  if (!isLoaded.value) return <p class="loading">{staff.loading}</p>;
  const total = SECTIONS.reduce((sum, section) => sum + rows[section].length, 0);
  return (
    <div
      class="orders"
      onPointerEnter={(event) => {
        movedAt.current = performance.now();
        setPointed(event.pointerType === 'mouse');
      }}
      onPointerMove={() => {
        movedAt.current = performance.now();
      }}
      onPointerLeave={() => setPointed(false)}
    >
      {waiting > 0 && (
        <Button
          class="waiting"
          aria-label={words.board.showWaiting(waiting)}
          onClick={() => {
            released.value++;
          }}
        >
          {words.board.waiting(waiting)}
        </Button>
      )}
      {SECTIONS.map((section) => (
        <Section key={section} section={section} ids={rows[section]} />
      ))}
      {total === 0 && waiting === 0 && <NoOrders isFiltered={isFiltered(place.value.filters)} />}
    </div>
  );
}

function Section({ section, ids }: { section: SectionName; ids: readonly string[] }): JSX.Element | null {
  const { words, orders } = useDispatch();
  if (ids.length === 0) return null;
  // Held rows may belong elsewhere meanwhile.
  const own = ids.filter((id) => {
    const order = orders.value.get(id);
    return order !== undefined && sectionOf(order) === section;
  });
  return (
    <section class={`rows section-${section}`}>
      <h2>
        {words.board.sections[section]} <span class="numbers">{own.length}</span>
      </h2>
      <ul>
        {ids.map((id) => {
          const order = orders.value.get(id);
          return order && <OrderRow key={id} order={order} />;
        })}
      </ul>
    </section>
  );
}

function NoOrders({ isFiltered }: { isFiltered: boolean }): JSX.Element {
  const dispatch = useDispatch();
  const { words } = dispatch;
  if (isFiltered) return <p class="nothing">{words.board.noMatch}</p>;
  return (
    <Empty title={words.board.empty}>
      <p>{words.board.emptyText}</p>
      <Button look="primary" onClick={() => dispatch.ask({ what: 'write', orderId: null })}>
        {words.board.newOrder}
      </Button>
    </Empty>
  );
}
