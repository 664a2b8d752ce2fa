import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Webhook } from '../../../functions/webhooks/webhook.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckIcon, CrossIcon, PlusIcon } from '../../ui/icons.tsx';
import { say } from '../../ui/toast.tsx';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { usePaged } from '../use-paged.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { WebhookLog } from './webhook-log.tsx';
import { settingsWords } from './words.ts';

type Doing =
  | { what: 'add' }
  | { what: 'secret'; secret: string }
  | { what: 'log' | 'remove'; webhook: Webhook };

/** Where what happens is posted to, and what came of it. */
export function WebhooksTab(): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale } = dispatch;
  const words = settingsWords(locale);
  const [doing, setDoing] = useState<Doing | null>(null);
  const { pages, more } = usePaged<Webhook>(
    async (cursor, signal) => (await api.v1.webhooks.$get({ query: cursor }, { init: { signal } })).json(),
    [],
  );
  const close = (): void => setDoing(null);
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      say(dispatch.explain(error), { look: 'bad' });
    }
  };
  const acts = (webhook: Webhook) => ({
    toggle: () =>
      attempt(async () => {
        await api.v1.webhooks[':id'].$patch({
          param: { id: webhook.id },
          json: { enabled: !webhook.enabled },
        });
        pages.reload();
      }),
    rotate: () =>
      attempt(async () => {
        const { secret } = await (
          await api.v1.webhooks[':id'].rotate.$post({ param: { id: webhook.id }, header: {} })
        ).json();
        setDoing({ what: 'secret', secret });
      }),
    test: () =>
      attempt(async () => {
        await api.v1.webhooks[':id'].test.$post({ param: { id: webhook.id } });
        say(words.webhooks.tested);
      }),
  });
  return (
    <>
      <p>{words.webhooks.text}</p>
      <div class="actions">
        <Button look="primary" icon={<PlusIcon />} onClick={() => setDoing({ what: 'add' })}>
          {words.webhooks.add}
        </Button>
      </div>
      <LoadedView loaded={pages}>
        {({ all, hasMore }) => (
          <>
            {all.length === 0 && <p class="nothing">{words.webhooks.none}</p>}
            <ul class="list">
              {all.map((webhook) => (
                <WebhookRow
                  key={webhook.id}
                  webhook={webhook}
                  acts={acts(webhook)}
                  onDo={(what) => setDoing({ what, webhook })}
                />
              ))}
            </ul>
            {hasMore && <Button onClick={more}>{words.more}</Button>}
          </>
        )}
      </LoadedView>
      {doing?.what === 'add' && (
        <WebhookForm
          onClose={close}
          onMade={(secret) => {
            setDoing({ what: 'secret', secret });
            pages.reload();
          }}
        />
      )}
      {doing?.what === 'secret' && (
        <SecretDialog
          title={words.webhooks.secretTitle}
          label={words.webhooks.secret}
          secret={doing.secret}
          onClose={close}
        />
      )}
      {doing?.what === 'log' && <WebhookLog webhook={doing.webhook} onClose={close} />}
      {doing?.what === 'remove' && (
        <ConfirmDialog
          title={words.webhooks.removeTitle}
          text={doing.webhook.url}
          action={words.webhooks.remove}
          onClose={close}
          act={async () => {
            await api.v1.webhooks[':id'].$delete({ param: { id: doing.webhook.id } });
            close();
            pages.reload();
          }}
        />
      )}
    </>
  );
}

type RowProps = {
  webhook: Webhook;
  acts: Record<'toggle' | 'rotate' | 'test', () => Promise<void>>;
  onDo: (what: 'log' | 'remove') => void;
};

function WebhookRow({ webhook, acts, onDo }: RowProps): JSX.Element {
  const { locale } = useDispatch();
  const words = settingsWords(locale).webhooks;
  const { url, description, events, enabled, disabledReason } = webhook;
  const named = (name: string) => ({ 'aria-label': `${name}: ${url}`, children: name });
  return (
    <li class="list-row">
      <span class="row-head">
        <b class="wrap">{url}</b>
        <Badge tone={enabled ? 'done' : 'neutral'} icon={enabled ? <CheckIcon /> : <CrossIcon />}>
          {enabled ? words.enabled : words.disabled}
        </Badge>
      </span>
      <span class="hint">{[description, disabledReason, events.join(', ')].filter(Boolean).join(' · ')}</span>
      <span class="actions">
        <Button {...named(words.log)} onClick={() => onDo('log')} />
        <Button {...named(words.test)} onClick={() => void acts.test()} />
        <Button {...named(words.rotate)} onClick={() => void acts.rotate()} />
        <Button {...named(enabled ? words.disable : words.enable)} onClick={() => void acts.toggle()} />
        <Button look="danger" {...named(words.remove)} onClick={() => onDo('remove')} />
      </span>
    </li>
  );
}
