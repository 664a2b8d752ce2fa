import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { authorisedFetch, openApi } from '../session/api.ts';
import { openSession, type SessionUser } from '../session/session.ts';
import { brandCss } from '../ui/brand.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Toasts } from '../ui/toast.tsx';
import { Dispatch, DispatchContext } from './dispatch.ts';
import { countLateReports } from './late-reports/count.ts';
import { followFleet } from './live/follow-fleet.ts';
import { LogIn } from './log-in.tsx';
import type { DispatchPageData } from './page-data.ts';
import { filtersQuery, placeQuery, readPlace } from './place.ts';
import { Shell } from './shell.tsx';
import { dispatchWords } from './words/words.ts';

const KEPT_FILTERS = 'dropmate.dispatch.filters';

/** Nobody has logged in: the form. Somebody: their page, under the same form when their session ends. */
export function App({ data }: { data: DispatchPageData }): JSX.Element {
  const { locale } = data;
  const words = dispatchWords(locale);
  const [session] = useState(() => openSession('manager'));
  const [user, setUser] = useState(session.user);
  const [dispatch, setDispatch] = useState<Dispatch | null>(() => user && open(user));
  function open(user: SessionUser): Dispatch {
    return new Dispatch({
      ...{ session, user, locale, tiles: data.tiles },
      api: openApi(session),
      fetchFile: authorisedFetch(session),
      place: readPlace(location.search, localStorage.getItem(KEPT_FILTERS) ?? ''),
    });
  }
  useEffect(
    () =>
      session.onChange((now) => {
        setUser(now);
        // The same person goes on where they were; another one's page is made anew.
        if (now !== null) setDispatch((known) => (known?.user.id === now.id ? known : open(now)));
      }),
    [session],
  );
  const enter = (): void => {
    const now = session.user();
    setUser(now);
    if (now !== null) setDispatch((known) => (known?.user.id === now.id ? known : open(now)));
  };

  if (dispatch === null) {
    return (
      <main class="gate">
        <h1>{words.logIn.title}</h1>
        <LogIn locale={locale} words={words} email="" onEntered={enter} />
        <a href="/">{words.logIn.home}</a>
      </main>
    );
  }
  return (
    <DispatchContext.Provider value={dispatch}>
      <Running key={dispatch.user.id} dispatch={dispatch} isSignedIn={user !== null} />
      <Toasts />
      {user === null && (
        <Dialog title={words.logIn.again} closeLabel={dispatch.staff.close} onClose={() => {}}>
          <p>{words.logIn.againText}</p>
          <LogIn locale={locale} words={words} email={dispatch.user.email ?? ''} onEntered={enter} />
        </Dialog>
      )}
    </DispatchContext.Provider>
  );
}

function Running({ dispatch, isSignedIn }: { dispatch: Dispatch; isSignedIn: boolean }): JSX.Element {
  useEffect(() => (isSignedIn ? followFleet(dispatch) : undefined), [dispatch, isSignedIn]);
  useEffect(() => (isSignedIn ? countLateReports(dispatch) : undefined), [dispatch, isSignedIn]);
  useEffect(() => {
    if (isSignedIn) void loadMerchant(dispatch);
  }, [dispatch, isSignedIn]);
  useEffect(() => keepPlace(dispatch), [dispatch]);
  return <Shell />;
}

/** Name, time zone, currency and colour. Without them the page works, in the browser's own zone. */
async function loadMerchant({ api, merchant }: Dispatch): Promise<void> {
  try {
    const loaded = await (await api.v1.merchants.me.$get()).json();
    merchant.value = loaded;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(brandCss(loaded.color));
    document.adoptedStyleSheets = [sheet];
  } catch {
    // What fails here fails everywhere, and is said where it is asked for.
  }
}

/** The address follows the place, and the place the browser's back button. */
function keepPlace({ place }: Dispatch): () => void {
  let shown = place.peek().view;
  const stop = place.subscribe((now) => {
    const query = placeQuery(now);
    localStorage.setItem(KEPT_FILTERS, filtersQuery(now.filters));
    const address = query === '' ? location.pathname : `${location.pathname}?${query}`;
    if (address === location.pathname + location.search) return;
    // Each view is a step back; what is typed into a search is not.
    if (now.view === shown) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    shown = now.view;
  });
  const back = (): void => {
    const now = readPlace(location.search, filtersQuery(place.peek().filters));
    shown = now.view;
    place.value = now;
  };
  addEventListener('popstate', back);
  return () => {
    stop();
    removeEventListener('popstate', back);
  };
}
