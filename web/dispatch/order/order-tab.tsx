import type { ComponentChildren, JSX } from 'preact';
import { isActive, isBeforePickup, LEGAL_STEPS } from '../../../domain/order-status.ts';
import type { OrderForManager, Stop } from '../../../domain/orders.ts';
import { formatMoney } from '../../i18n/amounts.ts';
import { Button } from '../../ui/button.tsx';
import { PhoneIcon } from '../../ui/icons.tsx';
import { say } from '../../ui/toast.tsx';
import { isGivable } from '../assign/give.ts';
import { useDispatch } from '../dispatch.ts';
import { stepsFrom } from './move-dialog.tsx';
import { takeFromDriver } from './take-from-driver.ts';

/** What the order is, and what can be done with it. */
export function OrderTab({ order }: { order: OrderForManager }): JSX.Element {
  return (
    <>
      <Actions order={order} />
      <StopCard which="pickup" order={order} stop={order.pickup} />
      <StopCard which="dropoff" order={order} stop={order.dropoff} />
      <Facts order={order} />
      {order.trackingUrl !== null && <TrackingLink url={order.trackingUrl} />}
    </>
  );
}

function Actions({ order }: { order: OrderForManager }): JSX.Element {
  const dispatch = useDispatch();
  const { words, now } = dispatch;
  const { id, status, driverId } = order;
  const orderIds = [id];
  const steps = stepsFrom(order, now.value);
  return (
    <div class="actions">
      {isGivable(order) && (
        <Button
          look={driverId === null ? 'primary' : 'plain'}
          onClick={() => dispatch.ask({ what: 'assign', orderIds })}
        >
          {driverId === null ? words.order.assign : words.order.handOver}
        </Button>
      )}
      {isBeforePickup(status) && (
        <Button onClick={() => void takeFromDriver(dispatch, order)}>{words.order.unassign}</Button>
      )}
      {steps.length > 0 && (
        <Button onClick={() => dispatch.ask({ what: 'move', orderId: id })}>
          {isActive(status) ? words.order.move : words.order.undoEnd}
        </Button>
      )}
      {isActive(status) && (
        <Button onClick={() => dispatch.ask({ what: 'write', orderId: id })}>{words.order.edit}</Button>
      )}
      {LEGAL_STEPS[status].includes('cancelled') && (
        <Button look="danger" onClick={() => dispatch.ask({ what: 'cancel', orderIds })}>
          {words.order.cancel}
        </Button>
      )}
    </div>
  );
}

type StopProps = { which: 'pickup' | 'dropoff'; order: OrderForManager; stop: Stop };

function StopCard({ which, order, stop }: StopProps): JSX.Element {
  const dispatch = useDispatch();
  const { words, times } = dispatch;
  const { address, contact, instructions, window, location } = stop;
  const at = which === 'pickup' ? order.pickupTime : order.deliveryTime;
  const eta = order.eta[which];
  return (
    <section class={`stop ${which}`}>
      <h3>{words.order[which]}</h3>
      <p class="stop-address">{address}</p>
      {location === undefined && (
        <p class="tone-risk">
          {words.board.unplaced}{' '}
          {isActive(order.status) && (
            <Button look="quiet" onClick={() => dispatch.ask({ what: 'write', orderId: order.id })}>
              {words.order.place}
            </Button>
          )}
        </p>
      )}
      {contact !== undefined && (
        <p>
          {contact.name}
          {contact.phone !== undefined && (
            <a class="phone" href={`tel:${contact.phone.replace(/[^+\d]/g, '')}`}>
              <PhoneIcon /> {contact.phone}
            </a>
          )}
        </p>
      )}
      {instructions !== undefined && <p class="quote">{instructions}</p>}
      <dl class="facts numbers">
        <Fact label={words.order.window}>{window && times.value.range(window)}</Fact>
        <Fact label={words.order.arrives}>
          {at === null && eta !== null && isActive(order.status) ? times.value.range(eta) : null}
        </Fact>
        <Fact label={words.order.at}>{at && times.value.clock(at)}</Fact>
      </dl>
    </section>
  );
}

function Facts({ order }: { order: OrderForManager }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff, times, locale } = dispatch;
  const money = (minor: number | null): string | null =>
    minor === null ? null : formatMoney(minor, order.currency, locale);
  const clock = (instant: string | null): string | null => instant && times.value.clock(instant);
  const why = [order.reasonCode && staff.reasons[order.reasonCode], order.reason].filter(Boolean).join(': ');
  return (
    <dl class="facts">
      <Fact label={words.order.driver}>{dispatch.driverName(order.driverId) || words.order.nobody}</Fact>
      <Fact label={words.order.promised}>{clock(order.promisedAt)}</Fact>
      <Fact label={words.order.ready}>{clock(order.readyAt)}</Fact>
      <Fact label={words.order.reason}>{why || null}</Fact>
      <Fact label={words.order.attempts}>{order.attempts > 0 ? `${order.attempts}` : null}</Fact>
      <Fact label={words.order.items}>
        {order.items.length > 0 && (
          <ul class="items">
            {order.items.map(({ name, quantity }) => (
              <li key={name}>
                {quantity} × {name}
              </li>
            ))}
          </ul>
        )}
      </Fact>
      <Fact label={words.order.total}>{money(order.total)}</Fact>
      <Fact label={words.order.fee}>{money(order.fee)}</Fact>
      <Fact label={words.order.tip}>{money(order.tip)}</Fact>
      <Fact label={words.order.cash}>{money(order.cashOnDelivery)}</Fact>
      <Fact label={words.order.collected}>{money(order.cashCollected)}</Fact>
      <Fact label={words.order.notes}>{order.notes}</Fact>
      <Fact label={words.order.externalId}>{order.externalId}</Fact>
    </dl>
  );
}

/** Nothing where there is nothing to say. */
function Fact({ label, children }: { label: string; children?: ComponentChildren }): JSX.Element | null {
  if (children === null || children === undefined || children === false || children === '') return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TrackingLink({ url }: { url: string }): JSX.Element {
  const { words } = useDispatch();
  return (
    <p class="tracking-link">
      <span>{words.order.link}</span>
      <a class="button" href={url} target="_blank" rel="noreferrer">
        {words.order.openLink}
      </a>
      {/* Pages that came over plain http have no clipboard. */}
      {navigator.clipboard !== undefined && (
        <Button onClick={() => void navigator.clipboard.writeText(url).then(() => say(words.order.copied))}>
          {words.order.copy}
        </Button>
      )}
    </p>
  );
}
