import { DateTime } from 'luxon';
import type { ProofDemand } from '../../domain/orders.ts';
import { fromMajor } from '../csv/amounts.ts';
import { readItems } from '../csv/items.ts';
import type { CellKind } from './import-columns.ts';

/** What cells are read by: the merchant's time zone, currency and its decimals. */
export type Shop = { timezone: string; currency: string; decimals: number };
export type Reading = { value: unknown } | { wrong: string };

/** What a cell that is not empty says, for the schema of an order to judge. A currency says nothing: it must be the shop's. */
export function readCell(kind: CellKind, cell: string, shop: Shop): Reading {
  switch (kind) {
    case 'text':
      return { value: cell };
    case 'number': {
      const value = /^[-+]?\d+([.,]\d+)?$/.test(cell) ? Number(cell.replace(',', '.')) : undefined;
      return read(value, 'must be a number, as -34.9011');
    }
    case 'amount':
      return read(fromMajor(cell, shop.decimals), amountWanted(shop));
    case 'time':
      return read(readTime(cell, shop.timezone), TIME_WANTED);
    case 'items':
      return read(readItems(cell, shop.decimals), `has a price that ${amountWanted(shop)}`);
    case 'proof':
      return read(readProof(cell), 'must be some of photo, signature, pin');
    case 'currency':
      return cell.toUpperCase() === shop.currency
        ? { value: undefined }
        : { wrong: `must be ${shop.currency}` };
  }
}

const read = (value: unknown, wrong: string): Reading => (value === undefined ? { wrong } : { value });

const amountWanted = ({ decimals, currency }: Shop): string =>
  `must be an amount of ${currency} with at most ${decimals} decimals, as ${decimals > 0 ? `1250.${'5'.padEnd(decimals, '0')}` : '1250'}`;

const TIME_WANTED = 'must be a time, as 2026-12-24 18:30 or 2026-12-24T18:30:00-03:00';
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** Without an offset, in the shop's time zone. */
function readTime(cell: string, zone: string): string | undefined {
  if (!TIME.test(cell)) return undefined;
  const time = DateTime.fromISO(cell.toUpperCase().replace(' ', 'T'), { zone });
  return time.isValid ? time.toJSDate().toISOString() : undefined;
}

const PROOFS: Record<string, keyof ProofDemand> = {
  photo: 'photo',
  foto: 'photo',
  signature: 'signature',
  firma: 'signature',
  pin: 'pin',
};

function readProof(cell: string): ProofDemand | undefined {
  const words = cell
    .toLowerCase()
    .split(/[\s,;+]+/)
    .filter((word) => word !== '');
  const kinds = words.map((word) => PROOFS[word]);
  if (kinds.includes(undefined)) return undefined;
  return Object.fromEntries(kinds.map((kind) => [kind, true]));
}
