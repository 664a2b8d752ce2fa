import type { JSX } from 'preact';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { AlertIcon, CheckIcon, ClockIcon } from '../../ui/icons.tsx';
import { useDispatch } from '../dispatch.ts';
import { type Giving, giveAgain, type Outcome } from './give-orders.ts';

/** What came of each of several orders that were given together; what failed can be tried again. */
export function GivingDialog({ giving: { driverId, outcomes } }: { giving: Giving }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff } = dispatch;
  const close = (): void => {
    dispatch.giving.value = null;
  };
  return (
    <Dialog title={words.assign.results} closeLabel={staff.close} onClose={close}>
      <ul class="list" aria-live="polite">
        {outcomes.map((outcome) => (
          <li key={outcome.orderId} class="list-row outcome">
            <span>
              {words.assign.to(
                words.order.name(dispatch.order(outcome.orderId)?.number ?? 0),
                dispatch.driverName(driverId),
              )}
            </span>
            <Result outcome={outcome} />
          </li>
        ))}
      </ul>
      <Button look="primary" onClick={close}>
        {staff.close}
      </Button>
    </Dialog>
  );
}

function Result({ outcome }: { outcome: Outcome }): JSX.Element {
  const dispatch = useDispatch();
  const { words } = dispatch;
  switch (outcome.state) {
    case 'working':
      return (
        <Badge tone="neutral" icon={<ClockIcon />}>
          {words.assign.working}
        </Badge>
      );
    case 'done':
      return (
        <Badge tone="done" icon={<CheckIcon />}>
          {words.assign.ok}
        </Badge>
      );
    case 'failed': {
      const { problem, orderId } = outcome;
      const has = typeof problem.extra.driverId === 'string' ? problem.extra.driverId : null;
      return (
        <>
          <Badge tone="late" icon={<AlertIcon />}>
            {has === null ? dispatch.explain(problem) : words.assign.taken(dispatch.driverName(has))}
          </Badge>
          {problem.code !== 'illegal_transition' && problem.status !== 404 && (
            <Button onClick={() => void giveAgain(dispatch, orderId)}>
              {has === null ? words.assign.again : words.assign.retry}
            </Button>
          )}
        </>
      );
    }
  }
}
