import type { Item } from '../../domain/orders.ts';
import { fromMajor, inMajor } from './amounts.ts';

/** `2x Pizza @ 12.50; 1x Coke`: what is between the items cannot be in a name, and becomes a comma there. */
export const writeItems = (items: readonly Item[], decimals: number): string =>
  items
    .map(({ name, quantity, price }) => {
      const cost = price === undefined ? '' : ` @ ${inMajor(price, decimals)}`;
      return `${quantity}x ${name.replaceAll(/\s*[;\r\n]+\s*/g, ', ')}${cost}`;
    })
    .join('; ');

/**
 * The items of such a cell, one to a line or between semicolons; one without a number is one. Their names and numbers are
 * not looked at here. Undefined when a price is none.
 */
export function readItems(cell: string, decimals: number): Item[] | undefined {
  const items: Item[] = [];
  for (const part of cell.split(/[;\r\n]+/)) {
    if (part.trim() === '') continue;
    // "2x Pizza", "2 x Pizza"; a "2xl shirt" is one shirt.
    const [, quantity = '1', rest = ''] = /^(?:(\d+)\s*[x×]\s+)?(.*)$/iu.exec(part.trim()) ?? [];
    const [, name = rest, cost] = /^(.*\S)\s+@\s*(\S+)$/.exec(rest) ?? [];
    const price = cost === undefined ? undefined : fromMajor(cost, decimals);
    if (cost !== undefined && price === undefined) return undefined;
    items.push({ name, quantity: Number(quantity), ...(price === undefined ? {} : { price }) });
  }
  return items;
}
