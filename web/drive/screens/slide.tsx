import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ArrowIcon } from '../../ui/icons.tsx';
import { useApp } from '../app-context.ts';

export type SlideProps = { label: string; look?: 'primary' | 'danger'; onConfirm: () => void };

/** So far of the way counts as all of it. */
const ENOUGH = 0.85;
/** Two presses confirm as well, for keyboards and screen readers; not faster than this, which is a slip. */
const LEAST_MS = 500;
const MOST_MS = 6000;

/** For what a slip of the thumb must not do: it is slid to the right, or pressed twice. */
export function Slide({ label, look = 'primary', onConfirm }: SlideProps): JSX.Element {
  const { words } = useApp();
  const how = useId();
  const button = useRef<HTMLButtonElement>(null);
  const drag = useRef<{ x: number; width: number } | null>(null);
  const [progress, setProgress] = useState(0);
  const [armedAt, setArmedAt] = useState<number | null>(null);
  useEffect(() => {
    if (armedAt === null) return;
    const timer = setTimeout(() => setArmedAt(null), MOST_MS);
    return () => clearTimeout(timer);
  }, [armedAt]);

  const begin = (event: PointerEvent): void => {
    if (!(event.currentTarget instanceof HTMLElement)) return;
    const { width, height } = event.currentTarget.getBoundingClientRect();
    drag.current = { x: event.clientX, width: width - height };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (drag.current === null) return;
    setProgress(Math.min(1, Math.max(0, (event.clientX - drag.current.x) / drag.current.width)));
  };
  const end = (): void => {
    const isConfirmed = drag.current !== null && progress >= ENOUGH;
    drag.current = null;
    setProgress(0);
    if (isConfirmed) onConfirm();
  };
  const press = (): void => {
    const since = armedAt === null ? 0 : Date.now() - armedAt;
    if (armedAt === null) setArmedAt(Date.now());
    else if (since >= LEAST_MS) {
      setArmedAt(null);
      onConfirm();
    }
  };
  return (
    <div class="slide-box">
      <button
        ref={button}
        type="button"
        class={`slide ${look} ${armedAt === null ? '' : 'armed'}`}
        style={{ '--slide': String(progress) }}
        aria-describedby={how}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={() => {
          drag.current = null;
          setProgress(0);
        }}
        onClick={() => progress < 0.1 && press()}
      >
        <span class="slide-thumb">
          <ArrowIcon />
        </span>
        <span class="slide-label" aria-live="polite">
          {armedAt === null ? words.slide.hint(label) : words.slide.armed(label)}
        </span>
      </button>
      <span class="hidden" id={how}>
        {words.slide.how}
      </span>
    </div>
  );
}
