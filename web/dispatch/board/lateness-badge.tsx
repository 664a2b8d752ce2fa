import type { JSX } from 'preact';
import { latenessOf } from '../../../domain/lateness.ts';
import { isActive } from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';
import { Badge } from '../../ui/badge.tsx';
import { AlertIcon, ClockIcon } from '../../ui/icons.tsx';
import { useDispatch } from '../dispatch.ts';
import { sayAge } from '../say-age.ts';

/** How an open order stands to its promise: by how much it is late, that it may be, or when it is due. */
export function LatenessBadge({ order }: { order: OrderForManager }): JSX.Element | null {
  const { now, words, times } = useDispatch();
  const { promisedAt, status } = order;
  if (promisedAt === null || !isActive(status)) return null;
  const lateness = latenessOf(order, now.value);
  const due = words.board.due(times.value.clock(promisedAt));
  if (lateness === null) return null;
  switch (lateness.state) {
    case 'late':
      return (
        <Badge tone="late" icon={<AlertIcon />}>
          {words.board.late(sayAge(now.value - Date.parse(promisedAt), words))}
        </Badge>
      );
    case 'at_risk':
      return (
        <Badge tone="risk" icon={<AlertIcon />}>
          {due}
        </Badge>
      );
    case 'on_time':
      return (
        <Badge tone="neutral" icon={<ClockIcon />}>
          {due}
        </Badge>
      );
  }
}
