import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Colleague } from '../../../functions/accounts/colleague.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, focusFirstError } from '../../ui/field.tsx';
import { PlusIcon } from '../../ui/icons.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { useDispatch } from '../dispatch.ts';
import { Form } from '../form.tsx';
import { LoadedView } from '../loaded-view.tsx';
import { useAction } from '../use-action.ts';
import { usePaged } from '../use-paged.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { settingsWords } from './words.ts';

/** The managers of the business. */
export function UsersTab(): JSX.Element {
  const { api, locale, user } = useDispatch();
  const words = settingsWords(locale);
  const [isAdding, setAdding] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Colleague | null>(null);
  const { pages, more } = usePaged<Colleague>(
    async (cursor, signal) => (await api.v1.users.$get({ query: cursor }, { init: { signal } })).json(),
    [],
  );
  return (
    <>
      <p>{words.users.text}</p>
      <div class="actions">
        <Button look="primary" icon={<PlusIcon />} onClick={() => setAdding(true)}>
          {words.users.add}
        </Button>
      </div>
      <LoadedView loaded={pages}>
        {({ all, hasMore }) => (
          <>
            <ul class="list">
              {all.map((colleague) => {
                const { id, name, email, status } = colleague;
                const said = [
                  email,
                  status === 'invited' && words.users.invited,
                  id === user.id && words.users.you,
                ];
                return (
                  <li key={id} class="list-row">
                    <b>{name}</b>
                    <span class="hint">{said.filter(Boolean).join(' · ')}</span>
                    {id !== user.id && (
                      <span class="actions">
                        <Button
                          look="danger"
                          aria-label={`${words.users.remove}: ${name}`}
                          onClick={() => setRemoving(colleague)}
                        >
                          {words.users.remove}
                        </Button>
                      </span>
                    )}
                  </li>
                );
              })}
            </ul>
            {hasMore && <Button onClick={more}>{words.more}</Button>}
          </>
        )}
      </LoadedView>
      {isAdding && (
        <ColleagueForm
          onClose={() => setAdding(false)}
          onInvited={(url) => {
            setAdding(false);
            setLink(url);
            pages.reload();
          }}
        />
      )}
      {link !== null && (
        <SecretDialog
          title={words.users.linkTitle}
          label={words.users.link}
          secret={link}
          onClose={() => setLink(null)}
        />
      )}
      {removing !== null && (
        <ConfirmDialog
          title={words.users.removeTitle(removing.name)}
          text={words.users.removeText}
          action={words.users.remove}
          onClose={() => setRemoving(null)}
          act={async () => {
            await api.v1.users[':id'].$delete({ param: { id: removing.id } });
            say(words.users.removed);
            setRemoving(null);
            pages.reload();
          }}
        />
      )}
    </>
  );
}

type FormProps = { onClose: () => void; onInvited: (url: string) => void };

function ColleagueForm({ onClose, onInvited }: FormProps): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff } = dispatch;
  const words = settingsWords(locale);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, problem, run } = useAction();
  const [typed, setTyped] = useState({ name: '', email: '' });
  const [isTried, setTried] = useState(false);
  const invite = async (): Promise<void> => {
    setTried(true);
    const json = { name: typed.name.trim(), email: typed.email.trim() };
    if (json.name === '' || json.email === '') return focusFirstError(form.current);
    await run(async () =>
      onInvited((await (await api.v1.users.$post({ header: {}, json })).json()).inviteUrl),
    );
    focusFirstError(form.current);
  };
  return (
    <Dialog title={words.users.add} closeLabel={staff.close} onClose={onClose}>
      <Form form={form} onSubmit={invite}>
        {problem !== null && (
          <ErrorNote>{problem.status === 409 ? words.users.emailTaken : dispatch.explain(problem)}</ErrorNote>
        )}
        {(['name', 'email'] as const).map((key) => (
          <Field
            key={key}
            id={`colleague-${key}`}
            label={words.users[key]}
            type={key === 'email' ? 'email' : 'text'}
            required
            autoComplete="off"
            value={typed[key]}
            error={isTried && typed[key].trim() === '' ? staff.required : problem?.fieldError(key)}
            onInput={(event) => setTyped({ ...typed, [key]: event.currentTarget.value })}
          />
        ))}
        <div class="actions">
          <Button onClick={onClose}>{staff.cancel}</Button>
          <Button type="submit" look="primary" busy={isBusy}>
            {words.users.add}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
