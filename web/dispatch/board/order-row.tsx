import { draggable } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isActive } from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { isGivable } from '../assign/give.ts';
import { useDispatch } from '../dispatch.ts';
import { LatenessBadge } from './lateness-badge.tsx';

/** An order in the list: it opens its panel, is selected, and is dragged onto a driver. */
export function OrderRow({ order }: { order: OrderForManager }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff, place, selected, times } = dispatch;
  const { id, number, status, dropoff, driverId, needsPlacing } = order;
  const element = useRef<HTMLLIElement>(null);
  const name = words.order.name(number);
  const isSelected = selected.value.has(id);
  useEffect(() => {
    if (element.current === null || !isGivable(order)) return;
    return draggable({
      element: element.current,
      getInitialData: () => {
        const chosen = dispatch.selected.peek();
        return { orderIds: chosen.has(id) ? [...chosen] : [id] };
      },
      onDragStart: () => element.current?.classList.add('dragged'),
      onDrop: () => element.current?.classList.remove('dragged'),
    });
  }, [id, isGivable(order)]);
  return (
    <li
      ref={element}
      class={`order-row${place.value.orderId === id ? ' open' : ''}${isSelected ? ' selected' : ''}`}
      data-order={id}
    >
      {isActive(status) && (
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={words.board.select(name)}
          onChange={() => dispatch.toggle(id)}
        />
      )}
      <button
        type="button"
        class="order-open"
        aria-current={place.value.orderId === id}
        onClick={() => dispatch.open(id)}
      >
        <span class="row-head">
          <b class="numbers">{name}</b>
          <LatenessBadge order={order} />
          {status !== 'created' && <StatusBadge status={status} label={staff.statuses[status]} />}
        </span>
        <span class="row-address">{dropoff.address}</span>
        <span class="row-sub">
          {[dropoff.contact?.name, driverId === null ? null : words.board.of(dispatch.driverName(driverId))]
            .concat(needsPlacing ? words.board.unplaced : null)
            .filter(Boolean)
            .join(' · ')}
          {driverId === null && order.promisedAt === null && (
            <time class="numbers"> {times.value.clock(order.createdAt)}</time>
          )}
        </span>
      </button>
    </li>
  );
}
