import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Tabs } from '../../ui/tabs.tsx';
import { Toasts } from '../../ui/toast.tsx';
import { useApp } from '../app-context.ts';
import { EarningsScreen } from './earnings-screen.tsx';
import { ListScreen } from './list-screen.tsx';
import { MoreScreen } from './more-screen.tsx';
import { Notices } from './notices.tsx';
import { RingSheet } from './ring-sheet.tsx';
import { OffDuty } from './shift-screen.tsx';
import { StopScreen } from './stop-screen.tsx';
import { Strip } from './strip.tsx';
import { useSwipes } from './swipe.ts';

const SCREENS = ['stop', 'list', 'earnings', 'more'] as const;
type Screen = (typeof SCREENS)[number];

/** The whole app of a driver who has signed in. */
export function App(): JSX.Element {
  const { drive, words } = useApp();
  const [screen, setScreen] = useState<Screen>('stop');
  const step = (by: number): void => {
    const to = SCREENS[SCREENS.indexOf(screen) + by];
    if (to !== undefined) setScreen(to);
  };
  const stops = drive.stops.value.length;
  const onDuty = drive.onDuty.value || stops > 0;
  return (
    <main class="app">
      <Strip />
      <Notices />
      <div class="screens" {...useSwipes(step)}>
        <Tabs<Screen>
          label={words.tabs.label}
          tabs={SCREENS.map((name) => ({
            name,
            label: words.tabs[name],
            count: name === 'list' && stops > 0 ? stops : undefined,
          }))}
          selected={screen}
          onSelect={setScreen}
        >
          {screen === 'stop' && (onDuty ? <StopScreen /> : <OffDuty />)}
          {screen === 'list' && <ListScreen />}
          {screen === 'earnings' && <EarningsScreen />}
          {screen === 'more' && <MoreScreen />}
        </Tabs>
      </div>
      <RingSheet />
      <Toasts />
    </main>
  );
}

/** Nobody has signed in. What was done before stays on the phone for who did it. */
export function Outside(): JSX.Element {
  const { words } = useApp();
  return (
    <main class="app outside">
      <div class="empty">
        <h1 class="empty-title">{words.outside.title}</h1>
        <p>{words.outside.text}</p>
        <a class="button primary" href="/#log-in">
          {words.outside.logIn}
        </a>
      </div>
    </main>
  );
}
