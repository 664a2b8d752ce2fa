import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { problemText } from '../../i18n/staff-words.ts';
import { problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useApp } from '../app-context.ts';

type Setup = { app: string; link: string | null; url: string; settings: { name: string; value: string }[] };
type Setups = { traccarClient: Setup; owntracks: Setup; overland: Setup };
const APPS = ['traccarClient', 'owntracks', 'overland'] as const;
type App = (typeof APPS)[number];

/** Adds a tracker to this driver and shows its codes, once. */
export function TrackerSetup(): JSX.Element {
  const { api, words, locale } = useApp();
  const [setups, setSetups] = useState<Setups | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const add = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const name = words.more.tracker.slice(0, 100);
      const request = { param: { id: 'me' }, header: {}, json: { name } };
      setSetups((await (await api.v1.drivers[':id'].devices.$post(request)).json()).setup);
    } catch (failure) {
      setError(problemText(problemOfFailure(failure), locale));
    } finally {
      setBusy(false);
    }
  };
  if (setups !== null) return <Codes setups={setups} onDone={() => setSetups(null)} />;
  return (
    <>
      {error !== null && <ErrorNote>{error}</ErrorNote>}
      <Button busy={busy} onClick={() => void add()}>
        {words.more.trackerButton}
      </Button>
    </>
  );
}

function Codes({ setups, onDone }: { setups: Setups; onDone: () => void }): JSX.Element {
  const { words } = useApp();
  const [app, setApp] = useState<App>('traccarClient');
  const setup = setups[app];
  return (
    <>
      <p>{words.more.trackerOnce}</p>
      <Tabs<App>
        label={words.more.tracker}
        tabs={APPS.map((name) => ({ name, label: setups[name].app }))}
        selected={app}
        onSelect={setApp}
      >
        {setup.link !== null && (
          <>
            <QrCode key={app} text={setup.link} label={words.more.trackerQr(setup.app)} />
            <a class="button wide" href={setup.link}>
              {words.more.trackerOpen(setup.app)}
            </a>
          </>
        )}
        <details>
          <summary>{words.more.trackerCopy}</summary>
          <dl class="facts">
            {setup.settings.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="typed">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      </Tabs>
      <Button onClick={onDone}>{words.more.trackerAgain}</Button>
    </>
  );
}

/** Black on white in the dark as well: cameras want it so. */
function QrCode({ text, label }: { text: string; label: string }): JSX.Element | null {
  const [code, setCode] = useState<boolean[][] | null>(null);
  if (code === null) {
    void import('uqr').then(({ encode }) => setCode(encode(text, { border: 2 }).data));
    return null;
  }
  const path = code
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${code.length} ${code.length}`}>
      <rect width={code.length} height={code.length} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
