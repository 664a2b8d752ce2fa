import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { REASON_CODES, type ReasonCode } from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';
import { problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { eachAtOnce, reload } from '../assign/give-orders.ts';
import { useDispatch } from '../dispatch.ts';
import { etagOf } from '../etag-of.ts';

/** Calls orders off, with a reason that figures can be made of. What fails is named, and the reason stays. */
export function CancelDialog({ orderIds }: { orderIds: readonly string[] }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff, api } = dispatch;
  const [left, setLeft] = useState(orderIds);
  const [code, setCode] = useState<ReasonCode>('merchant_cancelled');
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failures, setFailures] = useState<readonly string[]>([]);
  const [isWordless, setWordless] = useState(false);
  const nameOf = (id: string): string => words.order.name(dispatch.order(id)?.number ?? 0);
  const close = (): void => dispatch.ask(null);

  const cancel = async (): Promise<void> => {
    if (code === 'other' && text.trim() === '') return setWordless(true);
    setBusy(true);
    setFailures([]);
    const failed: { id: string; text: string }[] = [];
    await eachAtOnce(left, async (id) => {
      const order = dispatch.order(id);
      if (order === undefined) return;
      try {
        const answer = await api.v1.orders[':id'].cancel.$post({
          param: { id },
          header: { 'if-match': etagOf(order) },
          json: { reasonCode: code, ...(text.trim() !== '' && { reason: text.trim() }) },
        });
        // A manager is answered a manager's view.
        dispatch.takeAnswer((await answer.json()) as OrderForManager);
        say(words.cancel.done(nameOf(id)));
      } catch (error) {
        const problem = problemOfFailure(error);
        if (problem.status === 409 || problem.status === 412) await reload(dispatch, id);
        failed.push({ id, text: `${nameOf(id)}: ${dispatch.explain(problem)}` });
      }
    });
    setBusy(false);
    dispatch.select([...dispatch.selected.peek()].filter((id) => failed.some((one) => one.id === id)));
    if (failed.length === 0) return close();
    setLeft(failed.map(({ id }) => id));
    setFailures(failed.map((one) => one.text));
  };

  const [only] = left;
  const what = left.length === 1 && only !== undefined ? nameOf(only) : words.assign.several(left.length);
  return (
    <Dialog title={words.cancel.title(what)} closeLabel={staff.close} onClose={close}>
      <p>{words.cancel.text}</p>
      {failures.length > 0 && (
        <ErrorNote>
          {failures.map((failure) => (
            <p key={failure}>{failure}</p>
          ))}
        </ErrorNote>
      )}
      <Select
        id="cancel-reason"
        label={words.cancel.reason}
        value={code}
        options={REASON_CODES.map((value) => ({ value, label: staff.reasons[value] }))}
        onChange={(value) => setCode(REASON_CODES.find((known) => known === value) ?? 'other')}
      />
      <Field
        id="cancel-words"
        label={words.cancel.words}
        error={isWordless && text.trim() === '' ? words.cancel.wordsNeeded : undefined}
        maxLength={500}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div class="actions">
        <Button onClick={close}>{words.cancel.keep}</Button>
        <Button look="danger" busy={isBusy} onClick={() => void cancel()}>
          {left.length === 1 ? words.cancel.action : words.cancel.actionMany(left.length)}
        </Button>
      </div>
    </Dialog>
  );
}
