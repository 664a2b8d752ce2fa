import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { giveOrders } from '../assign/give-orders.ts';
import { useDispatch } from '../dispatch.ts';
import { draggedOrders } from './dragged-orders.ts';

/** For an element that stands for a driver: orders that are dropped on it become theirs. */
export function useDriverDrop<E extends HTMLElement>(driverId: string): RefObject<E | null> {
  const dispatch = useDispatch();
  const element = useRef<E>(null);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    return dropTargetForElements({
      element: target,
      canDrop: ({ source }) => draggedOrders(source.data) !== null,
      onDragEnter: () => target.classList.add('over'),
      onDragLeave: () => target.classList.remove('over'),
      onDrop: ({ source }) => {
        target.classList.remove('over');
        void giveOrders(dispatch, draggedOrders(source.data) ?? [], driverId);
      },
    });
  }, [driverId]);
  return element;
}
