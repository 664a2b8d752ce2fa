import { effect, type Signal, signal } from '@preact/signals';
import type { Gps } from './position.ts';
import { isNight } from './sun.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const THEME_KEY = 'dropmate.drive.theme';
const PLACE_KEY = 'dropmate.drive.place';
const LOOK_AGAIN_MS = 60_000;

/** The driver's choice of colours. `auto`: dark while the sun is down where the phone was last, by day as the system has it. */
export function createTheme(gps: Signal<Gps>): Signal<Theme> {
  const stored = localStorage.getItem(THEME_KEY);
  const theme = signal<Theme>(THEMES.find((known) => known === stored) ?? 'auto');
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, LOOK_AGAIN_MS);
  effect(() => {
    localStorage.setItem(THEME_KEY, theme.value);
    if (gps.value.state === 'good') {
      // A tenth of a degree tells the sunset to the minute, and nobody where the driver lives.
      const { lat, lng } = gps.value;
      localStorage.setItem(PLACE_KEY, `${lat.toFixed(1)},${lng.toFixed(1)}`);
    }
    paint(theme.value, now.value);
  });
  return theme;
}

function paint(theme: Theme, now: number): void {
  const root = document.documentElement;
  const isDark = theme === 'dark' || (theme === 'auto' && isDarkOutside(now));
  if (theme === 'auto' && !isDark) delete root.dataset.theme;
  else root.dataset.theme = isDark ? 'dark' : 'light';
}

function isDarkOutside(now: number): boolean {
  const [lat, lng] = (localStorage.getItem(PLACE_KEY) ?? '').split(',').map(Number);
  if (Number.isFinite(lat) && Number.isFinite(lng)) return isNight(now, { lat: lat ?? 0, lng: lng ?? 0 });
  const hour = new Date(now).getHours();
  return hour >= 20 || hour < 6;
}
