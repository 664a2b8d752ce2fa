import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/notes.tsx';
import { useDispatch } from './dispatch.ts';

/** A part of the page whose code is fetched when it is first shown. What fails to load can be tried again. */
export function lazyView<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => JSX.Element {
  let loaded: ComponentType<Props> | null = null;
  return function LazyView(props: Props): JSX.Element {
    const { staff } = useDispatch();
    const [view, setView] = useState({ shown: loaded });
    const [hasFailed, setFailed] = useState(false);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      let isGone = false;
      setFailed(false);
      load().then(
        (component) => {
          loaded = component;
          if (!isGone) setView({ shown: component });
        },
        () => {
          if (!isGone) setFailed(true);
        },
      );
      return () => {
        isGone = true;
      };
    }, [attempt]);
    const Shown = view.shown;
    if (Shown !== null) return <Shown {...props} />;
    if (!hasFailed) return <p class="loading">{staff.loading}</p>;
    return (
      <ErrorNote>
        {staff.problems.network} <Button onClick={() => setAttempt(attempt + 1)}>{staff.retry}</Button>
      </ErrorNote>
    );
  };
}
