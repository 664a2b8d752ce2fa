import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Driver } from '../../../functions/drivers/driver.ts';
import { problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { useDispatch } from '../dispatch.ts';
import { decimalsOf, minorOf } from '../write/draft.ts';
import { driversWords } from './words.ts';

type Props = { driver: Driver; onClose: () => void; onDone: () => void };

/** Ends a driver's shift, with the cash they handed over. */
export function EndShiftDialog({ driver: { id, name }, onClose, onDone }: Props): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff, merchant } = dispatch;
  const words = driversWords(locale);
  const [cash, setCash] = useState('');
  const [note, setNote] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const end = async (): Promise<void> => {
    const cashCounted = minorOf(cash, decimalsOf(merchant.value?.currency ?? 'USD'));
    setWrong(cash.trim() !== '' && cashCounted === null);
    if (cash.trim() !== '' && cashCounted === null) return;
    setBusy(true);
    try {
      const count = {
        ...(cashCounted !== null && { cashCounted }),
        ...(note.trim() !== '' && { note: note.trim() }),
      };
      await api.v1.drivers[':id'].shift.$put({ param: { id }, json: { status: 'offline', ...count } });
      onDone();
    } catch (failure) {
      const problem = problemOfFailure(failure);
      // What they still carry: the API says it.
      setError(problem.status === 409 ? problem.message : dispatch.explain(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={words.endTitle(name)} closeLabel={staff.close} onClose={onClose}>
      {error !== null && <ErrorNote>{error}</ErrorNote>}
      <Field
        id="shift-cash"
        label={words.cashCounted}
        hint={words.cashHint}
        error={isWrong ? words.amountWrong : undefined}
        inputMode="decimal"
        value={cash}
        onInput={(event) => setCash(event.currentTarget.value)}
      />
      <Field
        id="shift-note"
        label={words.note}
        maxLength={1000}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <div class="actions">
        <Button onClick={onClose}>{staff.cancel}</Button>
        <Button look="primary" busy={isBusy} onClick={() => void end()}>
          {words.endShift}
        </Button>
      </div>
    </Dialog>
  );
}
