import type { JSX } from 'preact';
import type { OrderStatus } from '../../domain/order-status.ts';
import { AlertIcon, CheckIcon, ClockIcon, CrossIcon, DoorIcon, MoveIcon, ReturnIcon } from './icons.tsx';

/** The states of tokens.css; `neutral` is none of them. */
export type Tone = 'neutral' | 'assigned' | 'arrived' | 'done' | 'risk' | 'late';

export type BadgeProps = { tone: Tone; icon: JSX.Element; children: string };

/** A state in a word and an icon: the colour only repeats it. */
export function Badge({ tone, icon, children }: BadgeProps): JSX.Element {
  return (
    <span class={`badge tone-${tone}`}>
      {icon}
      {children}
    </span>
  );
}

const LOOKS: Record<OrderStatus, { tone: Tone; icon: () => JSX.Element }> = {
  created: { tone: 'neutral', icon: ClockIcon },
  assigned: { tone: 'assigned', icon: ClockIcon },
  enroute_to_pickup: { tone: 'assigned', icon: MoveIcon },
  arrived_at_pickup: { tone: 'arrived', icon: DoorIcon },
  picked_up: { tone: 'assigned', icon: MoveIcon },
  enroute_to_dropoff: { tone: 'assigned', icon: MoveIcon },
  arrived_at_dropoff: { tone: 'arrived', icon: DoorIcon },
  delivered: { tone: 'done', icon: CheckIcon },
  cancelled: { tone: 'neutral', icon: CrossIcon },
  failed: { tone: 'late', icon: AlertIcon },
  enroute_to_return: { tone: 'risk', icon: ReturnIcon },
  returned: { tone: 'neutral', icon: ReturnIcon },
};

export const statusTone = (status: OrderStatus): Tone => LOOKS[status].tone;

/** `label` is the status in the reader's language (`staffWords(locale).statuses`). */
export function StatusBadge({ status, label }: { status: OrderStatus; label: string }): JSX.Element {
  const { tone, icon: Icon } = LOOKS[status];
  return (
    <Badge tone={tone} icon={<Icon />}>
      {label}
    </Badge>
  );
}
