import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { isBeforePickup } from '../../../domain/order-status.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { useApp } from '../app-context.ts';
import { readMoney } from '../money.ts';
import { UndoBar } from './undo-bar.tsx';

/** Off duty: one thing to do. */
export function OffDuty(): JSX.Element {
  const { drive, ringer, words } = useApp();
  const start = (): void => {
    // In a touch of the page, as browsers want it: the sound of new orders.
    ringer.allow();
    void drive.act({ kind: 'shift', status: 'available' });
  };
  return (
    <>
      <UndoBar />
      <div class="empty">
        <h1 class="empty-title">{words.shift.offTitle}</h1>
        <p>{words.shift.offText}</p>
      </div>
      <div class="action">
        <Button class="big" look="primary" onClick={start}>
          {words.shift.start}
        </Button>
      </div>
    </>
  );
}

/** Ends the shift with the cash that is handed over. Goods in hand come first. */
export function EndShift({ onClose }: { onClose: () => void }): JSX.Element {
  const { drive, words, staff, money } = useApp();
  const [cash, setCash] = useState('');
  const [note, setNote] = useState('');
  const [error, setError] = useState<string>();
  const currency = drive.shop.value?.currency ?? 'USD';
  const inHand = drive.stops.value.filter(({ order }) => !isBeforePickup(order.status)).length;
  const expected = drive.shift.value?.cashExpected ?? cashOf(drive);
  const confirm = (): void => {
    const cashCounted = cash.trim() === '' ? undefined : readMoney(cash, currency);
    if (cashCounted === null) {
      setError(words.shift.cashWrong);
      return;
    }
    onClose();
    void drive.act({
      ...{ kind: 'shift', status: 'offline' },
      ...(cashCounted === undefined ? {} : { cashCounted }),
      ...(note.trim() === '' ? {} : { note: note.trim().slice(0, 1000) }),
    });
  };
  return (
    <Dialog title={words.shift.endTitle} closeLabel={staff.close} look="sheet" onClose={onClose}>
      {inHand > 0 ? (
        <ErrorNote>{words.shift.inHand(inHand)}</ErrorNote>
      ) : (
        <>
          <Field
            id="shift-cash"
            label={words.shift.cash(currency)}
            hint={expected > 0 ? words.shift.cashHint(money(expected)) : words.shift.optional}
            inputMode="decimal"
            autoComplete="off"
            value={cash}
            error={error}
            onInput={(event) => setCash(event.currentTarget.value)}
          />
          <TextArea
            id="shift-note"
            label={words.shift.note}
            hint={words.shift.optional}
            value={note}
            maxLength={1000}
            rows={2}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
          <Button class="big" look="primary" onClick={confirm}>
            {words.shift.confirmEnd}
          </Button>
        </>
      )}
    </Dialog>
  );
}

/** Of the deliveries that still wait on this phone; the server knows the rest. */
function cashOf({ waiting }: ReturnType<typeof useApp>['drive']): number {
  return waiting.value.reduce(
    (sum, { action }) => sum + (action.kind === 'status' ? (action.details.cashCollected ?? 0) : 0),
    0,
  );
}
