import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatDistance } from '../../i18n/amounts.ts';
import { metresBetween } from '../../map/projection.ts';
import { Button } from '../../ui/button.tsx';
import { BellIcon } from '../../ui/icons.tsx';
import { useApp } from '../app-context.ts';
import type { DriverStop } from '../stop.ts';
import { DeclineSheet } from './decline-sheet.tsx';

/** A new order rings over everything until it is accepted, or declined with a reason. Escape does not silence it. */
export function RingSheet(): JSX.Element | null {
  const { drive } = useApp();
  const ringing = drive.ringing.value;
  const [stop] = ringing;
  if (stop === undefined || !drive.onDuty.value) return null;
  return <Ringing key={stop.order.id} stop={stop} count={ringing.length} />;
}

function Ringing({ stop, count }: { stop: DriverStop; count: number }): JSX.Element {
  const { drive, ringer, words, times } = useApp();
  const [isDeclining, setDeclining] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const { order } = stop;
  return (
    <dialog
      ref={dialog}
      class="ring"
      aria-labelledby="ring-title"
      onCancel={(event) => event.preventDefault()}
    >
      <div class="ring-body">
        <h2 id="ring-title" class="ring-title">
          <BellIcon />
          {words.ring.title(count)}
        </h2>
        <p class="leg">{words.stop.order(order.number)}</p>
        <dl class="facts">
          <div>
            <dt>{words.ring.from}</dt>
            <dd class="ring-place">{order.pickup.address}</dd>
          </div>
          <div>
            <dt>{words.ring.to}</dt>
            <dd class="ring-place">{order.dropoff.address}</dd>
          </div>
        </dl>
        <p class="stop-notes">
          <Between stop={stop} />
          {order.readyAt !== null && <span>{words.stop.ready(times.clock(order.readyAt))}</span>}
          {order.promisedAt !== null && <span>{words.stop.promised(times.clock(order.promisedAt))}</span>}
        </p>
        <p class="hint">{words.ring.notAnswered}</p>
        <div class="ring-answers">
          <Button
            class="big"
            look="primary"
            onClick={() => {
              ringer.allow();
              void drive.accept(order.id);
            }}
          >
            {words.ring.accept}
          </Button>
          <Button class="big" onClick={() => setDeclining(true)}>
            {words.ring.decline}
          </Button>
        </div>
      </div>
      {isDeclining && <DeclineSheet order={order} onClose={() => setDeclining(false)} />}
    </dialog>
  );
}

function Between({ stop }: { stop: DriverStop }): JSX.Element | null {
  const { words, locale } = useApp();
  const { pickup, dropoff } = stop.order;
  if (pickup.location === undefined || dropoff.location === undefined) return null;
  const metres = metresBetween(pickup.location, dropoff.location);
  return <span>{words.ring.distance(formatDistance(metres, locale))}</span>;
}
