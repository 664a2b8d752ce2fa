import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { problemText } from '../i18n/staff-words.ts';
import { openApi } from '../session/api.ts';
import { problemOfFailure } from '../session/problem.ts';
import { keepSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { ErrorNote } from '../ui/notes.tsx';
import type { DispatchWords } from './words/words.ts';

type Props = { locale: string; words: DispatchWords; email: string; onEntered: () => void };

/** A manager's log-in. What was typed stays when it fails. */
export function LogIn({ locale, words, email: known, onEntered }: Props): JSX.Element {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const answer = await (await openApi(null).v1.auth.login.$post({ json: { email, password } })).json();
      if (answer.user.role !== 'manager') return setError(words.logIn.notManager);
      keepSession(answer);
      onEntered();
    } catch (failure) {
      const problem = problemOfFailure(failure);
      setError(problem.status === 401 ? words.logIn.wrong : problemText(problem, locale));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="form"
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {error !== null && <ErrorNote>{error}</ErrorNote>}
      <Field
        id="log-in-email"
        label={words.logIn.email}
        type="email"
        required
        autoComplete="username"
        value={email}
        onInput={(event) => setEmail(event.currentTarget.value)}
      />
      <Field
        id="log-in-password"
        label={words.logIn.password}
        type="password"
        required
        autoComplete="current-password"
        value={password}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" look="primary" busy={isBusy}>
        {words.logIn.action}
      </Button>
    </form>
  );
}
