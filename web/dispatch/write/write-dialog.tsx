import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import type { OrderForManager } from '../../../domain/orders.ts';
import { type ApiProblem, problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, focusFirstError, TextArea } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { reload } from '../assign/give-orders.ts';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { etagOf } from '../etag-of.ts';
import { Form } from '../form.tsx';
import {
  checkDraft,
  type Draft,
  type DraftErrors,
  decimalsOf,
  draftOf,
  dropoffOf,
  EMPTY_DRAFT,
  itemsOf,
  minorOf,
} from './draft.ts';
import { PlaceField } from './place-field.tsx';
import { type Quote, QuoteField } from './quote-field.tsx';

/** Writes a new order down, or changes one. What was typed stays whatever comes of it. */
export function WriteDialog({ orderId }: { orderId: string | null }): JSX.Element | null {
  const dispatch = useDispatch();
  const order = dispatch.order(orderId);
  if (orderId !== null && order === undefined) return null;
  return <WriteForm key={orderId} order={order} />;
}

function WriteForm({ order }: { order: OrderForManager | undefined }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff } = dispatch;
  const { zone, decimals } = placeOf(dispatch);
  const form = useRef<HTMLFormElement>(null);
  const keys = useRef(new Map<string, string>());
  const [draft, setDraft] = useState<Draft>(() => (order ? draftOf(order, zone, decimals) : EMPTY_DRAFT));
  const [quote, setQuote] = useState<Quote | null>(null);
  const [errors, setErrors] = useState<DraftErrors>({});
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const set = (change: Partial<Draft>): void => setDraft((known) => ({ ...known, ...change }));
  const close = (): void => dispatch.ask(null);

  const submit = async (): Promise<void> => {
    if (isBusy) return;
    const found = checkDraft(draft, decimals);
    setErrors(found);
    setProblem(null);
    if (Object.keys(found).length > 0) return focusFirstError(form.current);
    setBusy(true);
    try {
      const saved = await (order === undefined
        ? create(dispatch, draft, quote, keyOf(keys.current, draft, quote))
        : edit(dispatch, dispatch.order(order.id) ?? order, draft));
      dispatch.takeAnswer(saved);
      const name = words.order.name(saved.number);
      say(order === undefined ? words.write.created(name) : words.write.saved(name), {
        action: { label: words.order.openLink, run: () => dispatch.open(saved.id) },
      });
      close();
    } catch (error) {
      const refused = problemOfFailure(error);
      if (refused.status === 412 && order !== undefined) await reload(dispatch, order.id);
      setProblem(refused);
      focusFirstError(form.current);
    } finally {
      setBusy(false);
    }
  };

  /** What is wrong with a field: as found here, or as the API has it, by its path there. */
  const errorOf = (field: keyof Draft, path: string): string | undefined => {
    const own = errors[field];
    return own === undefined ? problem?.fieldError(path) : words.write[own];
  };
  const input = (field: TextKey, path: string) => ({
    id: `order-${field}`,
    label: words.write[field],
    value: draft[field],
    error: errorOf(field, path),
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      set({ [field]: currentTarget.value }),
  });
  return (
    <Dialog
      title={order === undefined ? words.write.title : words.write.editTitle(words.order.name(order.number))}
      closeLabel={staff.close}
      onClose={close}
      look="side"
    >
      <Form form={form} onSubmit={submit}>
        {problem !== null && <ErrorNote>{sayProblem(dispatch, problem)}</ErrorNote>}
        <Field {...input('address', 'dropoff.address')} required autoComplete="off" />
        <QuoteField
          draft={draft}
          zone={zone}
          isNew={order === undefined}
          quote={quote}
          onQuote={setQuote}
          onPlace={(location) => set({ location })}
        />
        <PlaceField
          at={draft.location}
          onPlace={(location) => {
            set({ location });
            setQuote(null);
          }}
        />
        <Field {...input('name', 'dropoff.contact.name')} required autoComplete="off" />
        <div class="pair">
          <Field {...input('phone', 'dropoff.contact.phone')} type="tel" autoComplete="off" />
          <Field {...input('email', 'dropoff.contact.email')} type="email" autoComplete="off" />
        </div>
        <TextArea {...input('instructions', 'dropoff.instructions')} rows={2} />
        <Field {...input('from', 'dropoff.window.from')} type="datetime-local" />
        <Field {...input('until', 'dropoff.window')} type="datetime-local" hint={words.write.windowHint} />
        <TextArea {...input('items', 'items')} hint={words.write.itemsHint} />
        <div class="pair">
          <Field {...input('total', 'total')} inputMode="decimal" />
          <Field {...input('cash', 'cashOnDelivery')} inputMode="decimal" />
        </div>
        {order === undefined && <ProofFields draft={draft} set={set} />}
        <TextArea {...input('notes', 'notes')} rows={2} />
        <Field {...input('externalId', 'externalId')} />
        <div class="actions sticky">
          <Button onClick={close}>{staff.cancel}</Button>
          <Button type="submit" look="primary" busy={isBusy}>
            {order === undefined ? words.write.action : words.write.save}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** The same form sent again, after an answer was lost, is the same order; a changed one is another request. */
function keyOf(keys: Map<string, string>, draft: Draft, quote: Quote | null): string {
  const body = JSON.stringify([draft, quote?.id]);
  const key = keys.get(body) ?? uuidv7();
  keys.set(body, key);
  return key;
}

type TextKey = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];

function ProofFields({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }): JSX.Element {
  const { words } = useDispatch();
  return (
    <fieldset class="checks">
      <legend>{words.write.proof}</legend>
      {(['photo', 'signature', 'pin'] as const).map((kind) => (
        <label key={kind} class="check">
          <input
            type="checkbox"
            checked={draft[kind]}
            onChange={(event) => set({ [kind]: event.currentTarget.checked })}
          />
          {words.write[kind]}
        </label>
      ))}
    </fieldset>
  );
}

function placeOf({ merchant }: Dispatch): { zone: string; decimals: number } {
  const known = merchant.value;
  return {
    zone: known?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    decimals: decimalsOf(known?.currency ?? 'USD'),
  };
}

function sayProblem(dispatch: Dispatch, problem: ApiProblem): string {
  const { words } = dispatch;
  if (problem.status === 412) return words.write.stale;
  if (problem.fieldError('pickup') !== undefined) return words.write.noPickup;
  if (problem.extra.reason === 'quote_expired' || problem.extra.reason === 'no_quote')
    return words.write.quoteGone;
  return dispatch.explain(problem);
}

async function create(dispatch: Dispatch, draft: Draft, quote: Quote | null, key: string) {
  const { zone, decimals } = placeOf(dispatch);
  const { photo, signature, pin } = draft;
  const notes = draft.notes.trim();
  const externalId = draft.externalId.trim();
  const total = minorOf(draft.total, decimals);
  const cashOnDelivery = minorOf(draft.cash, decimals);
  const answer = await dispatch.api.v1.orders.$post({
    header: { 'idempotency-key': key },
    json: {
      dropoff: dropoffOf(draft, zone),
      items: itemsOf(draft.items),
      ...(total !== null && { total }),
      ...(cashOnDelivery !== null && { cashOnDelivery }),
      ...(notes !== '' && { notes }),
      ...(externalId !== '' && { externalId }),
      ...((photo || signature || pin) && { proof: { photo, signature, pin } }),
      ...(quote !== null && { quoteId: quote.id }),
    },
  });
  return answer.json();
}

async function edit(dispatch: Dispatch, order: OrderForManager, draft: Draft) {
  const { zone, decimals } = placeOf(dispatch);
  const answer = await dispatch.api.v1.orders[':id'].$patch({
    param: { id: order.id },
    header: { 'if-match': etagOf(order) },
    json: {
      dropoff: dropoffOf(draft, zone),
      items: itemsOf(draft.items, order.items),
      total: minorOf(draft.total, decimals),
      cashOnDelivery: minorOf(draft.cash, decimals),
      notes: draft.notes.trim() || null,
      externalId: draft.externalId.trim() || null,
    },
  });
  return answer.json();
}
