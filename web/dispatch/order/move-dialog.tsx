import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  isExplainable,
  legalSteps,
  type OrderStatus,
  REASON_CODES,
  REASON_NEEDED,
  type ReasonCode,
  STATUSES,
} from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';
import { type ApiProblem, problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { reload } from '../assign/give-orders.ts';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { etagOf } from '../etag-of.ts';

/** The steps that a manager takes for a driver: not those that have buttons of their own. */
export function stepsFrom({ status, statusAt }: OrderForManager, now: number): OrderStatus[] {
  const legal = legalSteps({ from: status, since: new Date(statusAt), now: new Date(now) });
  return legal.filter((to) => !['assigned', 'created', 'cancelled'].includes(to));
}

/** Moves an order on for a driver who cannot. What was filled in stays when it is refused. */
export function MoveDialog({ orderId }: { orderId: string }): JSX.Element | null {
  const dispatch = useDispatch();
  const order = dispatch.order(orderId);
  if (order === undefined) return null;
  return <MoveForm order={order} dispatch={dispatch} />;
}

function MoveForm({ order, dispatch }: { order: OrderForManager; dispatch: Dispatch }): JSX.Element {
  const { words, staff, now } = dispatch;
  const steps = stepsFrom(order, now.value);
  const [chosen, setChosen] = useState<OrderStatus | null>(null);
  const [code, setCode] = useState<ReasonCode>('customer_absent');
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const to = chosen !== null && steps.includes(chosen) ? chosen : steps[0];
  const name = words.order.name(order.number);
  const missing = missingProofs(problem);
  const close = (): void => dispatch.ask(null);

  const move = async (override: boolean): Promise<void> => {
    if (to === undefined) return;
    setBusy(true);
    try {
      const answer = await dispatch.api.v1.orders[':id'].status.$post({
        param: { id: order.id },
        header: { 'if-match': etagOf(order) },
        json: {
          status: to,
          ...(isExplainable(to) && { reasonCode: code }),
          ...(text.trim() !== '' && { reason: text.trim() }),
          ...(override && { override: { proof: true as const } }),
        },
      });
      // A manager is answered a manager's view, and never reports late.
      dispatch.takeAnswer((await answer.json()) as OrderForManager);
      say(words.move.done(name, staff.statuses[to]));
      close();
    } catch (error) {
      const found = problemOfFailure(error);
      if (found.status === 409 || found.status === 412) await reload(dispatch, order.id);
      setProblem(found);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={words.move.title(name)} closeLabel={staff.close} onClose={close}>
      {problem !== null && (
        <ErrorNote>
          {missing === null
            ? dispatch.explain(problem)
            : words.move.missing(missing.map((proof) => words.move.proofs[proof] ?? proof).join(', '))}
        </ErrorNote>
      )}
      <Select
        id="move-to"
        label={words.move.to}
        value={to ?? ''}
        options={steps.map((value) => ({ value, label: staff.statuses[value] }))}
        onChange={(value) => setChosen(STATUSES.find((status) => status === value) ?? null)}
      />
      {to !== undefined && isExplainable(to) && (
        <Select
          id="move-reason"
          label={words.cancel.reason}
          value={code}
          options={REASON_CODES.map((value) => ({ value, label: staff.reasons[value] }))}
          onChange={(value) => setCode(REASON_CODES.find((known) => known === value) ?? 'other')}
        />
      )}
      {to !== undefined && (REASON_NEEDED.includes(to) || missing !== null) && (
        <Field
          id="move-words"
          label={words.cancel.words}
          required={missing !== null}
          error={problem?.fieldError('reason') && words.cancel.wordsNeeded}
          maxLength={500}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div class="actions">
        <Button onClick={close}>{staff.cancel}</Button>
        {missing !== null && (
          <Button look="danger" busy={isBusy} disabled={text.trim() === ''} onClick={() => void move(true)}>
            {words.move.override}
          </Button>
        )}
        <Button look="primary" busy={isBusy} onClick={() => void move(false)}>
          {words.move.action}
        </Button>
      </div>
    </Dialog>
  );
}

/** The proofs that a refusal names as missing, or null. */
function missingProofs(problem: ApiProblem | null): string[] | null {
  const missing = problem?.extra.missing;
  return Array.isArray(missing) ? missing.filter((one) => typeof one === 'string') : null;
}
