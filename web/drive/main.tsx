import { effect } from '@preact/signals';
import { render } from 'preact';
import { authorisedFetch, openApi } from '../session/api.ts';
import { openSession } from '../session/session.ts';
import { say } from '../ui/toast.tsx';
import { type AppParts, AppProvider, createAppContext } from './app-context.ts';
import { openDriveDatabase } from './database.ts';
import { Drive } from './drive.ts';
import { type Following, follow } from './follow.ts';
import { driveLocale } from './language.ts';
import { Sender } from './outbox/sender.ts';
import { createPosition } from './position.ts';
import { createRinger } from './ringer.ts';
import { App, Outside } from './screens/app.tsx';
import { createTheme } from './theme.ts';
import { sendItem } from './transport.ts';
import { driveWords } from './words/words.ts';

const CLOCK_MS = 15_000;
const LOAD_REST_MS = 5000;
/** A photo over a slow network. */
const UPLOAD_MS = 60_000;

const root = document.getElementById('app');
if (root !== null) void start(root);

async function start(root: HTMLElement): Promise<void> {
  const locale = driveLocale();
  document.documentElement.lang = locale;
  const session = openSession('driver');
  const db = await openDriveDatabase().catch(() => null);
  if (db === null) {
    root.textContent = driveWords(locale).outside.unsupported;
    return;
  }
  const api = openApi(session);
  const tabs = new BroadcastChannel('dropmate.drive');
  let following: Following | null = null;
  const position = createPosition((fix) => following?.sendFix(fix) ?? false);
  const drive = new Drive({
    ...{ session, api, db },
    gps: () => position.gps.value,
    wakeSender: () => void sender.flush(),
    tellOthers: () => tabs.postMessage('changed'),
  });
  const sender = createSender(drive, { api, upload: authorisedFetch(session, { timeoutMs: UPLOAD_MS }) });
  tabs.addEventListener('message', () => void drive.refreshWaiting());

  const sendNow = (): void => void sender.flush({ atOnce: true });
  const parts: AppParts = {
    ...{ drive, api, session, position, locale, sendNow },
    ringer: createRinger(),
    theme: createTheme(position.gps),
    following: () => following,
  };
  await drive.open();
  const user = drive.user.value;
  render(
    <AppProvider value={createAppContext(parts)}>{user === null ? <Outside /> : <App />}</AppProvider>,
    root,
  );
  // Another driver, or nobody any more: all of it starts anew.
  session.onChange((now) => now?.id !== user?.id && location.reload());
  keepOnPhone();
  if (user === null) return;
  const { chat } = driveWords(locale);
  following = follow(drive, api, ({ from, text }) => {
    say(chat.said(chat.from[from], text));
    if ('vibrate' in navigator) navigator.vibrate(200);
  });
  live(parts);
  sendNow();
  await drive.load().catch(() => undefined);
}

/** What goes on while somebody is signed in, on this page. */
function live({ drive, position, ringer, sendNow }: AppParts): void {
  if (!navigator.onLine) drive.connection.value = 'offline';
  addEventListener('online', sendNow);
  document.addEventListener('visibilitychange', () => document.hidden || sendNow());
  // Sounds need one touch of the page, whichever comes first.
  addEventListener('pointerdown', () => ringer.allow(), { once: true });
  setInterval(() => {
    drive.now.value = Date.now();
  }, CLOCK_MS);
  setTimeout(loadTheRest, LOAD_REST_MS);
  effect(() => position.watch(drive.onDuty.value));
  effect(() => ringer.ring(drive.onDuty.value && drive.ringing.value.length > 0));
}

/** While it can be had: after a new release is out, the server and this phone know only the newer ones. */
function loadTheRest(): void {
  void Promise.all([import('signature_pad'), import('uqr')]).catch(() => undefined);
}

function createSender(drive: Drive, transport: Parameters<typeof sendItem>[0]): Sender {
  const locks = navigator.locks as LockManager | undefined; // undefined over plain http
  return new Sender({
    store: drive.deps.db,
    send: (item) => sendItem(transport, item),
    alone: async (work) => {
      if (locks === undefined) return work();
      await locks.request('dropmate.drive.outbox', { ifAvailable: true }, (lock) =>
        lock === null ? undefined : work(),
      );
    },
    driverId: () => drive.deps.session.user()?.driverId ?? null,
    changed: (news) =>
      void (news === null ? drive.refreshWaiting() : drive.takeOutcome(news.item, news.outcome, news.result)),
    now: () => Date.now(),
    random: () => Math.random(),
    timer: (work, ms) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  });
}

/** Without it the app still works, as long as there is a network when it is opened. */
function keepOnPhone(): void {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('/drive-worker.js', { scope: '/drive' }).catch(() => undefined);
  // Or a full phone may throw away what waits to be sent.
  void navigator.storage?.persist?.().catch(() => undefined);
}
