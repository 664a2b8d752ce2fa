import type { ComponentChildren, JSX } from 'preact';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/notes.tsx';
import { useDispatch } from './dispatch.ts';
import type { Loaded } from './use-loaded.ts';

type Props<T> = { loaded: Loaded<T>; children: (value: T) => ComponentChildren };

/** What was loaded, that it is being loaded, or why it could not be and a way to try again. */
export function LoadedView<T>({ loaded, children }: Props<T>): JSX.Element {
  const dispatch = useDispatch();
  const { staff } = dispatch;
  const { value, error, reload } = loaded;
  return (
    <>
      {error !== null && (
        <ErrorNote>
          {dispatch.explain(error)} <Button onClick={reload}>{staff.retry}</Button>
        </ErrorNote>
      )}
      {value === null ? error === null && <p class="loading">{staff.loading}</p> : children(value)}
    </>
  );
}
