import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { keepSession } from '../../session/session.ts';
import { Button } from '../../ui/button.tsx';
import { Field, focusFirstError } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { Form } from '../form.tsx';
import { useAction } from '../use-action.ts';
import { settingsWords } from './words.ts';

const LEAST = 8;

/** One's own password. All other sessions end; this one goes on by a new one. */
export function PasswordTab(): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale } = dispatch;
  const words = settingsWords(locale);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, problem, run } = useAction();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isTried, setTried] = useState(false);
  const change = async (): Promise<void> => {
    setTried(true);
    if (current === '' || next.length < LEAST) return focusFirstError(form.current);
    await run(async () => {
      const json = { currentPassword: current, password: next };
      keepSession(await (await api.v1.users.me.password.$put({ json })).json());
      setCurrent('');
      setNext('');
      setTried(false);
      say(words.password.changed);
    });
    focusFirstError(form.current);
  };
  const isWrong = problem?.fieldError('currentPassword') !== undefined;
  return (
    <Form form={form} onSubmit={change} isNarrow>
      {problem !== null && !isWrong && <ErrorNote>{dispatch.explain(problem)}</ErrorNote>}
      <input type="hidden" name="username" autoComplete="username" value={dispatch.user.email ?? ''} />
      <Field
        id="password-current"
        label={words.password.current}
        type="password"
        autoComplete="current-password"
        value={current}
        error={
          isWrong ? words.password.wrong : isTried && current === '' ? dispatch.staff.required : undefined
        }
        onInput={(event) => setCurrent(event.currentTarget.value)}
      />
      <Field
        id="password-next"
        label={words.password.next}
        hint={words.password.hint}
        type="password"
        autoComplete="new-password"
        value={next}
        error={isTried && next.length < LEAST ? words.password.short : problem?.fieldError('password')}
        onInput={(event) => setNext(event.currentTarget.value)}
      />
      <div class="actions">
        <Button type="submit" look="primary" busy={isBusy}>
          {words.password.action}
        </Button>
      </div>
    </Form>
  );
}
