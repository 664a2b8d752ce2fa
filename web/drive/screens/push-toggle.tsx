import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { problemText } from '../../i18n/staff-words.ts';
import { problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { useApp } from '../app-context.ts';
import { canPush, hasPush, turnPushOff, turnPushOn } from '../push.ts';

/** Notifications for when the app is closed: the one thing a browser can do then. */
export function PushToggle(): JSX.Element {
  const { api, words, locale } = useApp();
  const [isOn, setOn] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    void hasPush().then(setOn);
  }, []);
  const turn = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      if (isOn) await turnPushOff(api);
      else if (!(await turnPushOn(api, locale))) setError(words.more.pushDenied);
    } catch (failure) {
      const problem = problemOfFailure(failure);
      setError(problem.status === 404 ? words.more.pushNone : problemText(problem, locale));
    }
    setOn(await hasPush());
    setBusy(false);
  };
  return (
    <div class="card">
      <h2>{words.more.push}</h2>
      <p>{canPush() ? words.more.pushText : words.more.pushInstall}</p>
      {error !== null && <ErrorNote>{error}</ErrorNote>}
      {canPush() && (
        <Button busy={busy} onClick={() => void turn()}>
          {isOn ? words.more.pushOff : words.more.pushOn}
        </Button>
      )}
    </div>
  );
}
