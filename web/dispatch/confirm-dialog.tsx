import type { JSX } from 'preact';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote } from '../ui/notes.tsx';
import { useDispatch } from './dispatch.ts';
import { useAction } from './use-action.ts';

type Props = {
  title: string;
  text: string;
  action: string;
  /** What it throws is told; the dialog stays. */
  act: () => Promise<void>;
  onClose: () => void;
};

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, text, action, act, onClose }: Props): JSX.Element {
  const dispatch = useDispatch();
  const { staff } = dispatch;
  const { isBusy, problem, run } = useAction();
  return (
    <Dialog title={title} closeLabel={staff.close} onClose={onClose}>
      <p>{text}</p>
      {/* A conflict is of this very thing: the API says which. */}
      {problem !== null && (
        <ErrorNote>{problem.status === 409 ? problem.message : dispatch.explain(problem)}</ErrorNote>
      )}
      <div class="actions">
        <Button onClick={onClose}>{staff.cancel}</Button>
        <Button look="danger" busy={isBusy} onClick={() => void run(act)}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
