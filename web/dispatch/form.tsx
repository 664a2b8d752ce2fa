import type { ComponentChildren, JSX, RefObject } from 'preact';

type Props = {
  form: RefObject<HTMLFormElement | null>;
  onSubmit: () => Promise<void>;
  /** On a page rather than in a dialog: no wider than its fields need. */
  isNarrow?: boolean;
  children: ComponentChildren;
};

/** `noValidate`: a browser's own bubbles are not in the page's language, and vanish. */
export function Form({ form, onSubmit, isNarrow = false, children }: Props): JSX.Element {
  return (
    <form
      class={isNarrow ? 'form narrow' : 'form'}
      ref={form}
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      {children}
    </form>
  );
}
