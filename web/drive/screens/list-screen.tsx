import type { JSX } from 'preact';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DownIcon, UpIcon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/notes.tsx';
import { useApp } from '../app-context.ts';
import { isMovable } from '../stop.ts';

/** All stops in order, each to be moved up or down by a press: that works with gloves, and with keys. */
export function ListScreen(): JSX.Element {
  const { drive, words, staff, times } = useApp();
  const stops = drive.stops.value;
  if (stops.length === 0) {
    return (
      <Empty title={words.empty.title} heading="h1">
        <p>{words.empty.text}</p>
      </Empty>
    );
  }
  const move = (from: number, to: number): void => {
    const ids = stops.map(({ order }) => order.id);
    const [moved] = ids.splice(from, 1);
    if (moved === undefined) return;
    ids.splice(to, 0, moved);
    void drive.act({ kind: 'stops', orderIds: ids });
  };
  /** The two at that place and the next: what the driver heads for stays first, whatever the order says. */
  const mayChange = (place: number): boolean =>
    [stops[place], stops[place + 1]].every((stop) => stop !== undefined && isMovable(stop));
  return (
    <section class="panel">
      <h1 class="panel-title">{words.list.title}</h1>
      <ol class="list">
        {stops.map(({ order, leg, place }, index) => (
          <li key={order.id} class="list-row stop-row">
            <div>
              <span class="leg">
                {index === 0 && `${words.list.now} · `}
                {words.stop.legs[leg]} · {words.stop.order(order.number)}
              </span>
              <strong class="stop-row-address">{place.address}</strong>
              {leg === 'pickup' && <span class="stop-row-to">{words.list.to(order.dropoff.address)}</span>}
              <span class="stop-notes">
                <StatusBadge status={order.status} label={staff.statuses[order.status]} />
                {order.promisedAt !== null && (
                  <span>{words.stop.promised(times.clock(order.promisedAt))}</span>
                )}
              </span>
            </div>
            <div class="move">
              <Button
                aria-label={words.list.up(order.number)}
                icon={<UpIcon />}
                disabled={!mayChange(index - 1)}
                onClick={() => move(index, index - 1)}
              />
              <Button
                aria-label={words.list.down(order.number)}
                icon={<DownIcon />}
                disabled={!mayChange(index)}
                onClick={() => move(index, index + 1)}
              />
            </div>
          </li>
        ))}
      </ol>
      <p class="hint">{words.list.hint}</p>
    </section>
  );
}
