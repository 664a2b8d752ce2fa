import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OrderForManager } from '../../../domain/orders.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { AlertIcon, CheckIcon, ClockIcon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { useLoaded } from '../use-loaded.ts';

const TONES: Record<string, Tone> = { sent: 'done', failed: 'late' };

/** Who was told what of this order, and what came of it. */
export function MessagesTab({ order }: { order: OrderForManager }): JSX.Element {
  const dispatch = useDispatch();
  const { api, words, times } = dispatch;
  const [busy, setBusy] = useState<string | null>(null);
  const notices = useLoaded(
    async (signal) =>
      (await (await api.v1.notifications.$get({ query: { orderId: order.id } }, { init: { signal } })).json())
        .data,
    [order.id, order.version],
  );
  const resend = async (id: string): Promise<void> => {
    setBusy(id);
    try {
      await api.v1.notifications[':id'].resend.$post({ param: { id } });
      say(words.notices.resent);
      notices.reload();
    } catch (error) {
      say(dispatch.explain(error), { look: 'bad' });
    } finally {
      setBusy(null);
    }
  };
  return (
    <LoadedView loaded={notices}>
      {(all) =>
        all.length === 0 ? (
          <Empty title={words.notices.none}>
            <p>{words.notices.noneText}</p>
          </Empty>
        ) : (
          <ul class="list">
            {all.map(({ id, event, channel, audience, recipient, status, detail, createdAt, subject }) => (
              <li key={id} class="list-row">
                <span class="row-head">
                  <b>{words.notices.events[event] ?? event}</b>
                  <time class="numbers">{times.value.clock(createdAt)}</time>
                </span>
                <span>
                  {[words.notices.channel[channel] ?? channel, words.notices.to[audience], recipient]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
                {subject !== null && <span class="hint">{subject}</span>}
                <span class="row-head">
                  <Badge tone={TONES[status] ?? 'neutral'} icon={iconOf(status)}>
                    {words.notices.status[status] ?? status}
                  </Badge>
                  {status !== 'queued' && (
                    <Button busy={busy === id} onClick={() => void resend(id)}>
                      {words.notices.resend}
                    </Button>
                  )}
                </span>
                {detail !== null && <span class="hint">{detail}</span>}
              </li>
            ))}
          </ul>
        )
      }
    </LoadedView>
  );
}

function iconOf(status: string): JSX.Element {
  const tone = TONES[status];
  return tone === 'done' ? <CheckIcon /> : tone === 'late' ? <AlertIcon /> : <ClockIcon />;
}
