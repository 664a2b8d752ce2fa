import type { JSX } from 'preact';
import { Dialog } from '../ui/dialog.tsx';
import { useDispatch } from './dispatch.ts';

export function ShortcutsDialog(): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff } = dispatch;
  return (
    <Dialog title={words.shortcuts.title} closeLabel={staff.close} onClose={() => dispatch.ask(null)}>
      <dl class="shortcuts">
        {Object.entries(words.shortcuts.all).map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
