import type { ButtonHTMLAttributes, ComponentChildren, JSX } from 'preact';

export type ButtonProps = Omit<ButtonHTMLAttributes, 'icon'> & {
  /** `primary` is the one action a screen has; `danger` what cannot be taken back; `quiet` is without a frame. */
  look?: 'plain' | 'primary' | 'danger' | 'quiet' | undefined;
  /** Under way: it stays focusable, so that a keyboard is not thrown elsewhere, and does nothing. */
  busy?: boolean | undefined;
  icon?: JSX.Element | undefined;
  children?: ComponentChildren;
};

/** A button that does not submit unless it is told to. */
export function Button({ look = 'plain', busy = false, icon, children, class: more, ...rest }: ButtonProps) {
  const { onClick, ...attributes } = rest;
  return (
    <button
      type="button"
      {...attributes}
      class={['button', look, more].filter(Boolean).join(' ')}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon}
      {children}
    </button>
  );
}
