import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Badge, StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { AlertIcon, CameraIcon, ChatIcon, KeyIcon, MoveIcon, PenIcon, PhoneIcon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/notes.tsx';
import { useApp } from '../app-context.ts';
import { type DriverStop, needsHandOver } from '../stop.ts';
import { Chat } from './chat.tsx';
import { DeclineSheet } from './decline-sheet.tsx';
import { FailSheet } from './fail-sheet.tsx';
import { HandOverSheet } from './hand-over-sheet.tsx';
import { NavigateSheet } from './navigate-sheet.tsx';
import { Slide } from './slide.tsx';
import { UndoBar } from './undo-bar.tsx';

type Sheet = 'navigate' | 'chat' | 'hand-over' | 'fail' | 'decline';

/** The next stop fills the screen; what to do there is at the bottom, under the thumb. */
export function StopScreen(): JSX.Element {
  const { drive, words } = useApp();
  const stop = drive.stops.value[0];
  if (stop === undefined) {
    return (
      <>
        <UndoBar />
        {drive.isLoaded.value || drive.connection.value === 'offline' ? (
          <Empty title={words.empty.title} heading="h1">
            <p>{words.empty.text}</p>
          </Empty>
        ) : (
          <h1 class="quiet-note">{words.problems.loading}</h1>
        )}
      </>
    );
  }
  // Another order is another screen: no sheet stays open over it.
  return <Stop key={stop.order.id} stop={stop} />;
}

function Stop({ stop }: { stop: DriverStop }): JSX.Element {
  const { drive, words, staff } = useApp();
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const { order, place, leg } = stop;
  const close = (): void => setSheet(null);
  const phone = place.contact?.phone;
  const unread = drive.unreadOf(order.id);
  return (
    <>
      <UndoBar />
      <article class="stop">
        <header class="stop-head">
          <span class="leg">
            {words.stop.legs[leg]} · {words.stop.order(order.number)}
          </span>
          <StatusBadge status={order.status} label={staff.statuses[order.status]} />
        </header>
        <h1 class="address">{place.address}</h1>
        <StopFacts stop={stop} />
        <div class="stop-tools">
          <Button icon={<MoveIcon />} onClick={() => setSheet('navigate')}>
            {words.stop.navigate}
          </Button>
          {phone !== undefined && (
            <a class="button" href={`tel:${phone.replace(/[^+\d]/g, '')}`}>
              <PhoneIcon />
              {words.stop.call}
            </a>
          )}
          <Button icon={<ChatIcon />} onClick={() => setSheet('chat')}>
            {words.stop.chat}
            {unread > 0 && <span class="count">{words.stop.unread(unread)}</span>}
          </Button>
        </div>
        <OtherActions stop={stop} onOpen={setSheet} />
      </article>
      <div class="action">
        <MainAction stop={stop} onOpen={setSheet} />
      </div>
      {sheet === 'navigate' && <NavigateSheet stop={stop} onClose={close} />}
      {sheet === 'chat' && <Chat order={order} onClose={close} />}
      {sheet === 'hand-over' && <HandOverSheet order={order} onClose={close} />}
      {sheet === 'fail' && <FailSheet order={order} onClose={close} />}
      {sheet === 'decline' && <DeclineSheet order={order} onClose={close} />}
    </>
  );
}

type ActionProps = { stop: DriverStop; onOpen: (sheet: Sheet) => void };

function MainAction({ stop, onOpen }: ActionProps): JSX.Element {
  const { drive, words } = useApp();
  const { order, next, isFinal } = stop;
  if (next === 'delivered' && needsHandOver(order)) {
    return (
      <Button class="big" look="primary" onClick={() => onOpen('hand-over')}>
        {words.other.handOver}
      </Button>
    );
  }
  const label = words.next[next];
  // Each step is a control of its own: a finger that is still down does not slide the next one too.
  if (isFinal) return <Slide key={next} label={label} onConfirm={() => void drive.step(order, next)} />;
  return (
    <Button key={next} class="big" look="primary" onClick={() => void drive.step(order, next)}>
      {label}
    </Button>
  );
}

function OtherActions({ stop, onOpen }: ActionProps): JSX.Element {
  const { drive, words } = useApp();
  const { order, leg, next } = stop;
  return (
    <div class="stop-others">
      {leg === 'pickup' && (
        <Button look="quiet" onClick={() => onOpen('decline')}>
          {words.other.decline}
        </Button>
      )}
      {next === 'delivered' && !needsHandOver(order) && (
        <Button look="quiet" icon={<CameraIcon />} onClick={() => onOpen('hand-over')}>
          {words.stop.photo}
        </Button>
      )}
      {leg === 'dropoff' && (
        <Button look="quiet" icon={<AlertIcon />} onClick={() => onOpen('fail')}>
          {words.other.fail}
        </Button>
      )}
      {order.status === 'failed' && (
        <Button onClick={() => void drive.step(order, 'enroute_to_dropoff')}>{words.other.tryAgain}</Button>
      )}
    </div>
  );
}

const DEMAND_ICONS = { photo: CameraIcon, signature: PenIcon, pin: KeyIcon } as const;

function StopFacts({ stop }: { stop: DriverStop }): JSX.Element {
  const { words, times, money } = useApp();
  const { order, place, leg } = stop;
  const demands = (['photo', 'signature', 'pin'] as const).filter((proof) => order.proof?.[proof]);
  const atDoor = leg === 'dropoff';
  return (
    <>
      <p class="stop-notes">
        {leg === 'pickup' && order.readyAt !== null && (
          <span>{words.stop.ready(times.clock(order.readyAt))}</span>
        )}
        {place.window !== undefined && <span>{words.stop.window(times.range(place.window))}</span>}
        {place.window === undefined && order.promisedAt !== null && (
          <span>{words.stop.promised(times.clock(order.promisedAt))}</span>
        )}
        {order.attempts > 0 && atDoor && <span>{words.stop.attempts(order.attempts + 1)}</span>}
        {atDoor && order.tip !== null && order.tip > 0 && <span>{words.stop.tip(money(order.tip))}</span>}
      </p>
      {atDoor && order.cashOnDelivery !== null && order.cashOnDelivery > 0 && (
        <p class="cash">{words.stop.collect(money(order.cashOnDelivery))}</p>
      )}
      {atDoor && demands.length > 0 && (
        <p class="stop-notes">
          {demands.map((proof) => (
            <Badge key={proof} tone="arrived" icon={DEMAND_ICONS[proof]()}>
              {words.stop.demands[proof]}
            </Badge>
          ))}
        </p>
      )}
      <dl class="facts">
        <Fact label={words.stop.contact}>{place.contact?.name}</Fact>
        <Fact label={words.stop.instructions}>{place.instructions}</Fact>
        <Fact label={words.stop.items}>
          {order.items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')}
        </Fact>
        <Fact label={words.stop.notes}>{order.notes}</Fact>
      </dl>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }): JSX.Element | null {
  if (!children) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
