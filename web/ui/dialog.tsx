import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import { CloseIcon } from './icons.tsx';

export type DialogProps = {
  title: string;
  closeLabel: string;
  /** Escape, the cross, or a press beside it. The caller stops rendering the dialog. */
  onClose: () => void;
  /** `sheet` rises from the bottom edge, where a thumb is; `side` stands at the right, for a wide screen. */
  look?: 'middle' | 'sheet' | 'side';
  children: ComponentChildren;
};

/** A native modal dialog: the browser keeps the focus within, gives it back, and hides the rest from readers. */
export function Dialog({ title, closeLabel, onClose, look = 'middle', children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${look}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // The backdrop is the dialog itself; what is within it is a child.
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <div class="dialog-body">
        {/* No header: within a dialog it would be one more banner of the page. */}
        <div class="dialog-head">
          <h2 id={heading}>{title}</h2>
          <Button look="quiet" aria-label={closeLabel} icon={<CloseIcon />} onClick={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
