import type { JSX } from 'preact';
import { Button } from '../../ui/button.tsx';
import { useDispatch } from '../dispatch.ts';

/** What can be done with several orders at once; there while some are selected. */
export function SelectionBar(): JSX.Element | null {
  const dispatch = useDispatch();
  const { words, selected } = dispatch;
  const orderIds = [...selected.value];
  if (orderIds.length === 0) return null;
  return (
    <div class="selection-bar" role="status">
      <span>{words.board.selected(orderIds.length)}</span>
      <Button look="primary" onClick={() => dispatch.ask({ what: 'assign', orderIds })}>
        {words.board.assign}
      </Button>
      <Button look="danger" onClick={() => dispatch.ask({ what: 'cancel', orderIds })}>
        {words.board.cancelOrders}
      </Button>
      <Button look="quiet" onClick={() => dispatch.select([])}>
        {words.board.clear}
      </Button>
    </div>
  );
}
