import type { JSX } from 'preact';
import { Button } from '../../ui/button.tsx';
import { useApp } from '../app-context.ts';

/** What was done last can be taken back for some minutes. */
export function UndoBar(): JSX.Element | null {
  const { drive, words, staff } = useApp();
  const order = drive.undoable.value;
  if (order === null) return null;
  return (
    <div class="undo">
      <span>{words.undo.done(staff.statuses[order.status], order.number)}</span>
      <Button look="quiet" onClick={() => void drive.undo(order)}>
        {words.undo.button}
      </Button>
    </div>
  );
}
