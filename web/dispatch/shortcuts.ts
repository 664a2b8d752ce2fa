import { useEffect } from 'preact/hooks';
import { isBeforePickup } from '../../domain/order-status.ts';
import { isGivable } from './assign/give.ts';
import { SHOWN } from './board/filters.ts';
import { SEARCH_ID } from './board/search-bar.tsx';
import type { Dispatch } from './dispatch.ts';
import { takeFromDriver } from './order/take-from-driver.ts';

/** Single keys, as the list under `?` says, while nothing is typed and no dialog is open. */
export function useShortcuts(dispatch: Dispatch): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      if (press(dispatch, event.key)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [dispatch]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(textarea|select)$/i.test(target.tagName) || isTextInput(target));

const isTextInput = (target: HTMLElement): boolean =>
  target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'file'].includes(target.type);

/** Whether the key means something here. */
function press(dispatch: Dispatch, key: string): boolean {
  if (key === '?') return did(() => dispatch.ask({ what: 'shortcuts' }));
  if (key === 'n') return did(() => dispatch.ask({ what: 'write', orderId: null }));
  if (dispatch.place.peek().view !== 'board') return false;
  const show = SHOWN[Number(key) - 1];
  if (/^[1-4]$/.test(key) && show !== undefined) return did(() => dispatch.filter({ show }));
  switch (key) {
    case '/':
      return did(() => document.getElementById(SEARCH_ID)?.focus());
    case 'j':
    case 'ArrowDown':
      return moveFocus(1);
    case 'k':
    case 'ArrowUp':
      return moveFocus(-1);
    case 't':
      return did(() => {
        dispatch.isTimelineShown.value = !dispatch.isTimelineShown.peek();
      });
    case 'm':
      return did(() => {
        dispatch.fitAsked.value++;
      });
    case 'Escape':
      return leave(dispatch);
    default:
      return pressOnOrder(dispatch, key);
  }
}

function pressOnOrder(dispatch: Dispatch, key: string): boolean {
  const current = focusedOrder() ?? dispatch.place.peek().orderId;
  const order = dispatch.order(current);
  const selected = [...dispatch.selected.peek()];
  const orderIds = selected.length > 0 ? selected : current === null ? [] : [current];
  switch (key) {
    case 'x':
      return order !== undefined && did(() => dispatch.toggle(order.id));
    case 'a': {
      const givable = orderIds.filter((id) => {
        const one = dispatch.order(id);
        return one !== undefined && isGivable(one);
      });
      return givable.length > 0 && did(() => dispatch.ask({ what: 'assign', orderIds: givable }));
    }
    case 'u':
      if (order === undefined || !isBeforePickup(order.status)) return false;
      return did(() => void takeFromDriver(dispatch, order));
    case 'c':
      return orderIds.length > 0 && did(() => dispatch.ask({ what: 'cancel', orderIds }));
    case 'e':
      return order !== undefined && did(() => dispatch.ask({ what: 'write', orderId: order.id }));
    default:
      return false;
  }
}

function leave(dispatch: Dispatch): boolean {
  if (dispatch.selected.peek().size > 0) return did(() => dispatch.select([]));
  return dispatch.place.peek().orderId !== null && did(() => dispatch.open(null));
}

const rowsOnPage = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.order-open')];

const focusedOrder = (): string | null =>
  document.activeElement?.closest<HTMLElement>('[data-order]')?.dataset.order ?? null;

function moveFocus(step: 1 | -1): boolean {
  const rows = rowsOnPage();
  const at = rows.findIndex((row) => row.closest('li')?.contains(document.activeElement));
  const row = at === -1 ? rows[step === 1 ? 0 : rows.length - 1] : rows[at + step];
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
  return row !== undefined;
}

function did(act: () => void): true {
  act();
  return true;
}
