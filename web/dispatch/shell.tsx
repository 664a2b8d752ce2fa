import type { JSX } from 'preact';
import { AskedDialog } from './asked-dialog.tsx';
import { Board } from './board/board-view.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { useDispatch } from './dispatch.ts';
import { lazyView } from './lazy-view.tsx';
import type { View } from './place.ts';
import { useShortcuts } from './shortcuts.ts';
import { TopBar } from './top-bar.tsx';

/** The page of who has logged in: what is always there, and one of the views. */
export function Shell(): JSX.Element {
  const dispatch = useDispatch();
  useShortcuts(dispatch);
  const { view } = dispatch.place.value;
  return (
    <div class="shell compact">
      <TopBar />
      <ConnectionBanner />
      {view === 'board' ? <Board /> : <OtherView view={view} />}
      <AskedDialog />
    </div>
  );
}

const VIEWS: Record<Exclude<View, 'board'>, ReturnType<typeof lazyView>> = {
  drivers: lazyView(() => import('./drivers/drivers-view.tsx').then((m) => m.DriversView)),
  customers: lazyView(() => import('./customers/customers-view.tsx').then((m) => m.CustomersView)),
  zones: lazyView(() => import('./zones/zones-view.tsx').then((m) => m.ZonesView)),
  analytics: lazyView(() => import('./analytics/analytics-view.tsx').then((m) => m.AnalyticsView)),
  settings: lazyView(() => import('./settings/settings-view.tsx').then((m) => m.SettingsView)),
};

function OtherView({ view }: { view: Exclude<View, 'board'> }): JSX.Element {
  const Shown = VIEWS[view];
  return (
    <main class="view">
      <Shown key={view} />
    </main>
  );
}
