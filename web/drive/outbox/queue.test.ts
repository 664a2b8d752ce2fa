import { expect, test } from 'vitest';
import { item, photo, step } from './outbox.fixture.ts';
import { nextItem, supersededBy, takenBack, withoutFile } from './queue.ts';

test('what happened first is sent first', () => {
  const items = [item(step('a', 'picked_up')), item(step('b', 'picked_up'))];
  expect(nextItem(items.toReversed(), 0)).toEqual({ item: items[0] });
});

test('an order that has to wait holds up its own steps and no others', () => {
  const waiting = item(photo('a'), { notBefore: 500 });
  const delivered = item(step('a', 'delivered'));
  const other = item(step('b', 'picked_up'));
  expect(nextItem([waiting, delivered, other], 100)).toEqual({ item: other });
  expect(nextItem([waiting, delivered], 100)).toEqual({ at: 500 });
  expect(nextItem([waiting, delivered], 500)).toEqual({ item: waiting });
  expect(nextItem([], 0)).toBeNull();
});

test('the end of a shift waits for all that happened in it, and holds up nothing', () => {
  const delivered = item(step('a', 'delivered'), { notBefore: 500 });
  const home = item({ kind: 'shift', status: 'offline', cashCounted: 100 });
  const later = item(step('b', 'picked_up'));
  expect(nextItem([delivered, home], 0)).toEqual({ at: 500 });
  expect(nextItem([delivered, home, later], 0)).toEqual({ item: later });
  expect(nextItem([home, later], 0)).toEqual({ item: home });
});

test('a newer order of stops replaces one that has not left', () => {
  const older = item({ kind: 'stops', orderIds: ['a', 'b'] });
  const leaving = item({ kind: 'stops', orderIds: ['b', 'a'] }, { sending: true });
  const newer = { kind: 'stops', orderIds: ['b', 'a'] } as const;
  expect(supersededBy({ ...newer, orderIds: [...newer.orderIds] }, [older, leaving])).toEqual([older]);
  expect(supersededBy(step('a', 'delivered'), [older])).toEqual([]);
});

test('taking back a delivery that has not left removes it with its files, and nothing else', () => {
  const picture = item(photo('a'), { id: 'p1' });
  const another = item(photo('a'), { id: 'p2' });
  const arrived = item(step('a', 'arrived_at_dropoff'));
  const delivered = item(step('a', 'delivered', { proof: { photoIds: ['p1'] } }));
  const items = [picture, another, arrived, delivered, item(step('b', 'picked_up'))];
  expect(takenBack(items, 'a')).toEqual([picture, delivered]);
  expect(takenBack([...items.slice(0, 3), { ...delivered, sending: true }], 'a')).toEqual([]);
  expect(takenBack(items, 'c')).toEqual([]);
});

test('a step goes on without a file that the server refused', () => {
  const both = item(
    step('a', 'delivered', { proof: { photoIds: ['p1', 'p2'], signatureId: 's', pin: '1234' } }),
  );
  const [changed] = withoutFile([both, item(step('b', 'picked_up'))], 'p1');
  expect(changed?.action).toMatchObject({
    details: { proof: { photoIds: ['p2'], signatureId: 's', pin: '1234' } },
  });
  const [unsigned] = withoutFile([both], 's');
  expect(unsigned?.action).toEqual(
    step('a', 'delivered', { proof: { pin: '1234', photoIds: ['p1', 'p2'] } }),
  );
  expect(withoutFile([both], 'other')).toEqual([]);
});
