import { useRef } from 'preact/hooks';

/** A finger that goes this far sideways, and little up or down, means the next screen. */
const LEAST = 70;
const MOST_ASIDE = 50;

/** Handlers for an element. `onSwipe(1)` is to the next one, `-1` to the one before. Never over what is slid itself. */
export function useSwipes(onSwipe: (by: 1 | -1) => void) {
  const start = useRef<{ x: number; y: number } | null>(null);
  return {
    onTouchStart: (event: TouchEvent): void => {
      const [touch] = event.touches;
      const isTaken = event.target instanceof Element && event.target.closest('.slide, dialog, canvas');
      start.current = touch === undefined || isTaken ? null : { x: touch.clientX, y: touch.clientY };
    },
    onTouchEnd: (event: TouchEvent): void => {
      const [touch] = event.changedTouches;
      const from = start.current;
      start.current = null;
      if (from === null || touch === undefined) return;
      const [across, aside] = [touch.clientX - from.x, Math.abs(touch.clientY - from.y)];
      if (Math.abs(across) >= LEAST && aside <= MOST_ASIDE) onSwipe(across < 0 ? 1 : -1);
    },
  };
}
