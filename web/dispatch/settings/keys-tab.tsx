import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { SCOPES, type Scope } from '../../../domain/policy.ts';
import type { ApiKey } from '../../../functions/accounts/api-key-answer.ts';
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
import { instantOf } from '../write/draft.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { settingsWords } from './words.ts';

/** The keys by which programs use the API. */
export function KeysTab(): JSX.Element {
  const { api, locale, times, now } = useDispatch();
  const words = settingsWords(locale);
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const { pages, more } = usePaged<ApiKey>(
    async (cursor, signal) => (await api.v1['api-keys'].$get({ query: cursor }, { init: { signal } })).json(),
    [],
  );
  const when = (instant: string): string => times.value.day(instant, now.value) ?? times.value.clock(instant);
  return (
    <>
      <p>{words.keys.text}</p>
      <div class="actions">
        <Button look="primary" icon={<PlusIcon />} onClick={() => setAdding(true)}>
          {words.keys.add}
        </Button>
      </div>
      <LoadedView loaded={pages}>
        {({ all, hasMore }) => (
          <>
            {all.length === 0 && <p class="nothing">{words.keys.none}</p>}
            <ul class="list">
              {all.map((key) => (
                <li key={key.id} class="list-row">
                  <b>{key.name}</b>
                  <span class="hint">{key.scopes.join(', ')}</span>
                  <span class="hint">
                    {[words.keys.made(when(key.createdAt))]
                      .concat(key.expiresAt === null ? [] : words.keys.until(when(key.expiresAt)))
                      .join(' · ')}
                  </span>
                  <span class="actions">
                    <Button
                      look="danger"
                      aria-label={`${words.keys.revoke}: ${key.name}`}
                      onClick={() => setRevoking(key)}
                    >
                      {words.keys.revoke}
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
            {hasMore && <Button onClick={more}>{words.more}</Button>}
          </>
        )}
      </LoadedView>
      {isAdding && (
        <KeyForm
          onClose={() => setAdding(false)}
          onMade={(key) => {
            setAdding(false);
            setMade(key);
            pages.reload();
          }}
        />
      )}
      {made !== null && (
        <SecretDialog
          title={words.keys.keyTitle}
          label={words.keys.key}
          secret={made}
          onClose={() => setMade(null)}
        />
      )}
      {revoking !== null && (
        <ConfirmDialog
          title={words.keys.revokeTitle(revoking.name)}
          text={words.keys.revokeText}
          action={words.keys.revoke}
          onClose={() => setRevoking(null)}
          act={async () => {
            await api.v1['api-keys'][':id'].$delete({ param: { id: revoking.id } });
            say(words.keys.revoked);
            setRevoking(null);
            pages.reload();
          }}
        />
      )}
    </>
  );
}

function KeyForm({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff, merchant } = dispatch;
  const words = settingsWords(locale);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, problem, run } = useAction();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['orders:read', 'orders:write']);
  const [expires, setExpires] = useState('');
  const [isTried, setTried] = useState(false);
  const make = async (): Promise<void> => {
    setTried(true);
    if (name.trim() === '' || scopes.length === 0) return focusFirstError(form.current);
    await run(async () => {
      const zone = merchant.value?.timezone ?? 'UTC';
      const expiresAt = expires === '' ? {} : { expiresAt: instantOf(`${expires}T23:59`, zone) };
      const json = { name: name.trim(), scopes: [...scopes], ...expiresAt };
      onMade((await (await api.v1['api-keys'].$post({ header: {}, json })).json()).key);
    });
  };
  return (
    <Dialog title={words.keys.add} closeLabel={staff.close} onClose={onClose}>
      <Form form={form} onSubmit={make}>
        {problem !== null && <ErrorNote>{dispatch.explain(problem)}</ErrorNote>}
        <Field
          id="key-name"
          label={words.keys.name}
          required
          maxLength={200}
          value={name}
          error={isTried && name.trim() === '' ? staff.required : undefined}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <fieldset class="checks">
          <legend>{words.keys.scopes}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} class="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={() =>
                  setScopes(
                    scopes.includes(scope) ? scopes.filter((other) => other !== scope) : [...scopes, scope],
                  )
                }
              />
              <code>{scope}</code>
            </label>
          ))}
          {isTried && scopes.length === 0 && <p class="field-error">{words.keys.scopesMissing}</p>}
        </fieldset>
        <Field
          id="key-expires"
          label={words.keys.expires}
          hint={words.keys.expiresHint}
          error={problem?.fieldError('expiresAt')}
          type="date"
          value={expires}
          onInput={(event) => setExpires(event.currentTarget.value)}
        />
        <div class="actions">
          <Button onClick={onClose}>{staff.cancel}</Button>
          <Button type="submit" look="primary" busy={isBusy}>
            {words.keys.add}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
