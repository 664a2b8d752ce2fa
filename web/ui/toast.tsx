import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Button } from './button.tsx';

export type Toast = {
  id: number;
  text: string;
  look: 'plain' | 'bad';
  /** What can be done about it, as taking it back. */
  action?: { label: string; run: () => void } | undefined;
};

/** Only pages in a browser say toasts: there is one reader, so the state may be the module's. */
const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

export type ToastOptions = Partial<Pick<Toast, 'look' | 'action'>> & { ms?: number };

/** Says something briefly; screen readers hear it. One with an action stays longer. Returns what takes it away. */
export function say(text: string, { look = 'plain', action, ms }: ToastOptions = {}): () => void {
  const id = ++lastId;
  const remove = (): void => {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  };
  toasts.value = [...toasts.value.slice(-2), { id, text, look, action }];
  setTimeout(remove, ms ?? (action === undefined ? 5000 : 10_000));
  return remove;
}

/** Stands once on a page, always, or a reader does not listen to it. */
export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, look, action }) => (
        <div key={id} class={`toast ${look}`}>
          <span>{text}</span>
          {action !== undefined && (
            <Button look="quiet" onClick={action.run}>
              {action.label}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
