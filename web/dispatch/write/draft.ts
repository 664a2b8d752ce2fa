import type { Location } from '../../../domain/geo.ts';
import type { Item, OrderForManager } from '../../../domain/orders.ts';

/** An order form as it is filled in: texts as typed, so that nothing is lost when it is refused. */
export type Draft = {
  address: string;
  location: Location | null;
  name: string;
  phone: string;
  email: string;
  instructions: string;
  /** As `<input type=datetime-local>` has them, in the merchant's time zone. */
  from: string;
  until: string;
  items: string;
  total: string;
  cash: string;
  notes: string;
  externalId: string;
  photo: boolean;
  signature: boolean;
  pin: boolean;
};

export const EMPTY_DRAFT: Draft = {
  ...{ address: '', location: null, name: '', phone: '', email: '', instructions: '' },
  ...{ from: '', until: '', items: '', total: '', cash: '', notes: '', externalId: '' },
  ...{ photo: false, signature: false, pin: false },
};

export type DraftProblem = 'missing' | 'amountWrong' | 'windowBoth' | 'windowOrder';
export type DraftErrors = Partial<Record<keyof Draft, DraftProblem>>;

/** What of it cannot be sent. `decimals` are those of the merchant's currency. */
export function checkDraft(draft: Draft, decimals: number): DraftErrors {
  const errors: DraftErrors = {};
  if (draft.address.trim() === '') errors.address = 'missing';
  if (draft.name.trim() === '') errors.name = 'missing';
  if ((draft.from === '') !== (draft.until === ''))
    errors[draft.from === '' ? 'from' : 'until'] = 'windowBoth';
  else if (draft.from > draft.until) errors.until = 'windowOrder';
  for (const key of ['total', 'cash'] as const) {
    if (draft[key].trim() !== '' && minorOf(draft[key], decimals) === null) errors[key] = 'amountWrong';
  }
  return errors;
}

/** The form of an order that is there. */
export function draftOf(order: OrderForManager, zone: string, decimals: number): Draft {
  const { dropoff, items, total, cashOnDelivery, notes, externalId, proof } = order;
  const { address, location, contact, instructions, window } = dropoff;
  return {
    address,
    location: location ?? null,
    name: contact?.name ?? '',
    phone: contact?.phone ?? '',
    email: contact?.email ?? '',
    instructions: instructions ?? '',
    from: window ? localTime(window.from, zone) : '',
    until: window ? localTime(window.to, zone) : '',
    items: items.map(({ name, quantity }) => `${quantity} × ${name}`).join('\n'),
    total: majorOf(total, decimals),
    cash: majorOf(cashOnDelivery, decimals),
    notes: notes ?? '',
    externalId: externalId ?? '',
    photo: proof?.photo ?? false,
    signature: proof?.signature ?? false,
    pin: proof?.pin ?? false,
  };
}

/** The dropoff as the API takes it. The draft has passed `checkDraft`. */
export function dropoffOf(draft: Draft, zone: string) {
  const text = (key: 'phone' | 'email' | 'instructions') => {
    const value = draft[key].trim();
    return value === '' ? {} : { [key]: value };
  };
  return {
    address: draft.address.trim(),
    contact: { name: draft.name.trim(), ...text('phone'), ...text('email') },
    ...text('instructions'),
    ...(draft.location !== null && { location: draft.location }),
    ...windowOf(draft, zone),
  };
}

export function windowOf({ from, until }: Draft, zone: string) {
  if (from === '' || until === '') return {};
  return { window: { from: instantOf(from, zone), to: instantOf(until, zone) } };
}

/** `2 × Chivito`, `2 Chivito` or `Chivito`, one a line. A price that the same item `had` stays. */
export function itemsOf(text: string, had: readonly Item[] = []): Item[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [, count, rest] = /^(\d{1,4})\s*[x×*]?\s+(.+)$/i.exec(line) ?? [];
      const name = rest ?? line;
      const price = had.find((item) => item.name === name)?.price;
      return { name, quantity: Math.max(1, Number(count ?? 1)), ...(price !== undefined && { price }) };
    });
}

/** `450`, `450.5`, `450,50` in minor units; null when it is no amount. */
export function minorOf(text: string, decimals: number): number | null {
  const match = /^(\d{1,10})(?:[.,](\d+))?$/.exec(text.trim());
  const [, whole, fraction = ''] = match ?? [];
  if (whole === undefined || fraction.length > decimals) return null;
  return Number(whole) * 10 ** decimals + Number(fraction.padEnd(decimals, '0') || 0);
}

/** For a field; `0.50` as `0.50`, `900.00` as `900`. */
export const majorOf = (minor: number | null, decimals: number): string =>
  minor === null ? '' : (minor / 10 ** decimals).toFixed(decimals).replace(/\.0+$/, '');

/** ISO 4217's decimals of a currency, as the browser knows them. */
export function decimalsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** `2026-11-22T12:10` in that zone. */
export function localTime(instant: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    timeZone: zone,
  }).format(Date.parse(instant));
  return parts.replace(' ', 'T');
}

/** The moment at which clocks of that zone show this; where the clock jumps, one that is near. */
export function instantOf(local: string, zone: string): string {
  const wanted = Date.parse(`${local}:00Z`);
  let moment = wanted;
  // The offset at the guess gives a better guess; twice is enough over a change of the clock.
  for (let turn = 0; turn < 2; turn++) {
    const shown = Date.parse(`${localTime(new Date(moment).toISOString(), zone)}:00Z`);
    moment += wanted - shown;
  }
  return new Date(moment).toISOString();
}
