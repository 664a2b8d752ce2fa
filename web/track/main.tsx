import { hydrate, render } from 'preact';
import { UNDO } from '../../domain/order-status.ts';
import { DeliveryFollower } from './live.ts';
import { pageTitle, TrackingPage } from './page.tsx';
import { readPageData } from './read-page-data.ts';
import { initialState, reduce, type TrackingEvent, type TrackingState } from './state.ts';
import { isOver } from './steps.ts';

const root = document.getElementById('app');
const pageData = readPageData(document.getElementById('page-data')?.textContent ?? '');
if (root !== null && pageData !== null) start(root, pageData);

function start(root: HTMLElement, { view, token, locale, tiles, now }: NonNullable<typeof pageData>): void {
  let state = initialState(view);
  // First exactly what the server drew, then the same in the reader's own time zone.
  const fixed = { locale, tiles, loadMap: () => import('../map/live-map.ts') };
  hydrate(<TrackingPage {...fixed} state={state} timeZone={view.merchant.timezone} now={now} />, root);
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

  const draw = (): void => {
    const page = { ...fixed, state, timeZone, now: Date.now() + state.clockOffset };
    render(<TrackingPage {...page} />, root);
    document.title = pageTitle(page);
  };
  const dispatch = (event: TrackingEvent): void => {
    const next = reduce(state, event);
    if (next === state) return;
    state = next;
    draw();
  };

  draw();
  const follower = isWorthFollowing(state) ? new DeliveryFollower(token, dispatch) : null;
  const clock = setInterval(() => {
    if (isWorthFollowing(state)) return draw();
    follower?.stop();
    clearInterval(clock);
    if (state.connection !== 'gone') dispatch({ type: 'connection', connection: 'quiet' });
  }, 1000);
}

/** An order that has ended stays as it is, but a driver may take back a mis-tapped delivery for some minutes. */
function isWorthFollowing({ order, connection, clockOffset }: TrackingState): boolean {
  if (connection === 'gone') return false;
  if (!isOver(order.status)) return true;
  if (order.status !== 'delivered' || order.deliveryTime === null) return false;
  return Date.now() + clockOffset < Date.parse(order.deliveryTime) + UNDO.seconds * 1000;
}
