import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { WEBHOOK_DELIVERY_STATES, type WebhookDeliveryState } from '../../../domain/webhooks.ts';
import type { WebhookDelivery } from '../../../functions/webhooks/delivery.ts';
import type { Webhook } from '../../../functions/webhooks/webhook.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { AlertIcon, CheckIcon, ClockIcon } from '../../ui/icons.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { useAction } from '../use-action.ts';
import { useLoaded } from '../use-loaded.ts';
import { usePaged } from '../use-paged.ts';
import { settingsWords } from './words.ts';

type Show = WebhookDeliveryState | 'all';
const SHOWN: readonly Show[] = ['all', ...WEBHOOK_DELIVERY_STATES];

/** What was sent to a webhook and what came of it; it can be sent again. */
export function WebhookLog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff } = dispatch;
  const words = settingsWords(locale);
  const [show, setShow] = useState<Show>('all');
  const { isBusy, problem, run } = useAction();
  const param = { id: webhook.id };
  const { pages, more } = usePaged<WebhookDelivery>(
    async (cursor, signal) => {
      const query = { ...cursor, ...(show !== 'all' && { status: show }) };
      return (await api.v1.webhooks[':id'].deliveries.$get({ param, query }, { init: { signal } })).json();
    },
    [webhook.id, show],
  );
  const replay = (id: string): Promise<void> =>
    run(async () => {
      await api.v1.webhooks.deliveries[':id'].replay.$post({ param: { id } });
      say(words.webhooks.replayed);
      pages.reload();
    });
  const replayDead = (): Promise<void> =>
    run(async () => {
      const { replayed } = await (await api.v1.webhooks[':id'].replay.$post({ param, json: {} })).json();
      say(words.webhooks.replayedAll(replayed));
      pages.reload();
    });
  return (
    <Dialog title={words.webhooks.logOf(webhook.url)} closeLabel={staff.close} onClose={onClose} look="side">
      <fieldset class="chips">
        <legend class="hidden">{words.webhooks.log}</legend>
        {SHOWN.map((state) => (
          <button
            key={state}
            type="button"
            class="chip"
            aria-pressed={show === state}
            onClick={() => setShow(state)}
          >
            {words.webhooks.show[state]}
          </button>
        ))}
      </fieldset>
      <Button busy={isBusy} onClick={() => void replayDead()}>
        {words.webhooks.replayDead}
      </Button>
      {problem !== null && (
        <ErrorNote>{problem.status === 409 ? problem.message : dispatch.explain(problem)}</ErrorNote>
      )}
      <LoadedView loaded={pages}>
        {({ all, hasMore }) => (
          <>
            {all.length === 0 && <p class="nothing">{words.webhooks.noDeliveries}</p>}
            <ul class="list">
              {all.map((delivery) => (
                <DeliveryRow
                  key={delivery.id}
                  delivery={delivery}
                  onReplay={() => void replay(delivery.id)}
                />
              ))}
            </ul>
            {hasMore && <Button onClick={more}>{words.more}</Button>}
          </>
        )}
      </LoadedView>
    </Dialog>
  );
}

const TONES: Record<WebhookDeliveryState, Tone> = { pending: 'neutral', delivered: 'done', dead: 'late' };
const ICONS: Record<WebhookDeliveryState, () => JSX.Element> = {
  pending: ClockIcon,
  delivered: CheckIcon,
  dead: AlertIcon,
};

type RowProps = { delivery: WebhookDelivery; onReplay: () => void };

function DeliveryRow({ delivery, onReplay }: RowProps): JSX.Element {
  const { locale, times, now } = useDispatch();
  const words = settingsWords(locale).webhooks;
  const { id, event, status, attempts, createdAt } = delivery;
  const [isOpen, setOpen] = useState(false);
  const Icon = ICONS[status];
  const when = [times.value.day(createdAt, now.value), times.value.clock(createdAt)]
    .filter(Boolean)
    .join(' ');
  return (
    <li class="list-row">
      <span class="row-head">
        <code>{event}</code>
        <time class="numbers">{when}</time>
        <Badge tone={TONES[status]} icon={<Icon />}>
          {words.states[status]}
        </Badge>
        <span class="hint">{words.attempts(attempts)}</span>
      </span>
      <span class="actions">
        <Button
          aria-expanded={isOpen}
          aria-label={`${words.details}: ${event}, ${when}`}
          onClick={() => setOpen(!isOpen)}
        >
          {words.details}
        </Button>
        <Button aria-label={`${words.replay}: ${event}, ${when}`} onClick={onReplay}>
          {words.replay}
        </Button>
      </span>
      {isOpen && <DeliveryDetails id={id} attempts={attempts} />}
    </li>
  );
}

function DeliveryDetails({ id, attempts }: { id: string; attempts: number }): JSX.Element {
  const { api, locale } = useDispatch();
  const words = settingsWords(locale).webhooks;
  const delivery = useLoaded(
    async (signal) =>
      (await api.v1.webhooks.deliveries[':id'].$get({ param: { id } }, { init: { signal } })).json(),
    [id, attempts],
  );
  return (
    <LoadedView loaded={delivery}>
      {({ log, payload }) => (
        <>
          <h3>{words.attempt}</h3>
          <pre class="json">{JSON.stringify(log, null, 1)}</pre>
          <h3>{words.payload}</h3>
          <pre class="json">{JSON.stringify(payload, null, 1)}</pre>
        </>
      )}
    </LoadedView>
  );
}
