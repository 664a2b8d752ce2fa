import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { OrderForManager } from '../../../domain/orders.ts';
import type { ApiClient } from '../../session/api.ts';
import { allPages } from '../all-pages.ts';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { useLoaded } from '../use-loaded.ts';

type Update = Awaited<
  ReturnType<Awaited<ReturnType<ApiClient['v1']['orders'][':id']['updates']['$get']>>['json']>
>['data'][number];

/** Everything that happened to the order, and the way it went, which is drawn on the map while this is open. */
export function StoryTab({ order }: { order: OrderForManager }): JSX.Element {
  const dispatch = useDispatch();
  const { api, words, trail } = dispatch;
  const param = { id: order.id };
  const updates = useLoaded(
    (signal) =>
      allPages(async (cursor) =>
        (
          await api.v1.orders[':id'].updates.$get(
            { param, query: { limit: '100', ...cursor } },
            { init: { signal } },
          )
        ).json(),
      ),
    [order.id, order.version],
  );
  const way = useLoaded(
    async (signal) => (await api.v1.orders[':id'].trail.$get({ param }, { init: { signal } })).json(),
    [order.id, order.version],
  );
  const coordinates = way.value?.geometry?.coordinates;
  useEffect(() => {
    trail.value = coordinates ?? [];
    return () => {
      trail.value = [];
    };
  }, [coordinates]);
  return (
    <LoadedView loaded={updates}>
      {(all) => (
        <>
          <ol class="story">
            {all.map((update, index) => (
              <li key={update.id}>
                <StoryLine update={update} before={all[index - 1]} />
              </li>
            ))}
          </ol>
          {way.value !== null && (
            <p class="hint">{coordinates === undefined ? words.story.noTrail : words.story.trail}</p>
          )}
        </>
      )}
    </LoadedView>
  );
}

function StoryLine({ update, before }: { update: Update; before: Update | undefined }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff, times, now } = dispatch;
  const { occurredAt, receivedAt, actor, reason, reasonCode } = update;
  const day = times.value.day(occurredAt, now.value);
  const isLate = Date.parse(receivedAt) - Date.parse(occurredAt) > 60_000;
  const who = [words.story.by[actor.type] ?? actor.type]
    .concat(isLate ? words.story.late(times.value.clock(receivedAt)) : [])
    .join(', ');
  const why = [reasonCode && staff.reasons[reasonCode], reason].filter(Boolean).join(': ');
  return (
    <>
      <time class="numbers">{[day, times.value.clock(occurredAt)].filter(Boolean).join(' ')}</time>
      <span>
        <b>{whatHappened(dispatch, update, before)}</b>
        <span class="story-who">{who}</span>
        {why !== '' && <span class="quote">{why}</span>}
      </span>
    </>
  );
}

function whatHappened(dispatch: Dispatch, update: Update, before: Update | undefined): string {
  const { words, staff } = dispatch;
  const { status, driverId, version } = update;
  if (version === 1 || before === undefined) return words.story.created;
  const isHandedOver = driverId !== null && driverId !== before.driverId;
  if (isHandedOver) return words.story.handed(dispatch.driverName(driverId) || staff.statuses.assigned);
  if (update.kind === 'edited' || status === before.status) return words.story.edited;
  return staff.statuses[status];
}
