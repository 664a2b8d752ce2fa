import { expect, test } from 'vitest';
import type { DeliveryMessage, Message } from '../../../domain/room-messages.ts';
import { type ChatEvent, NO_CHAT, reduceChat } from './chat-state.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString();
const said = (id: string, second: number, from: Message['from'] = 'customer'): Message => ({
  ...{ id, from, text: `text of ${id}`, at: at(second) },
});
type Body = DeliveryMessage extends infer M
  ? M extends unknown
    ? Omit<M, 'v' | 'epoch' | 'seq'>
    : never
  : never;
const heard = (body: Partial<Body>): ChatEvent => ({
  type: 'heard',
  // The chat reads these fields of a message only.
  message: { v: 1, epoch: 'one', seq: 1, ...body } as DeliveryMessage,
});
const snapshot = (messages: Message[], recovered = false) =>
  heard({ type: 'snapshot', messages, reads: { driver: at(1) }, recovered });
const after = (...events: ChatEvent[]) => events.reduce(reduceChat, NO_CHAT);
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

test('a message that comes twice, or late, stands once and in its place', () => {
  const chat = after(
    snapshot([said('a', 1), said('c', 3)]),
    heard({ type: 'message', ...said('b', 2) }),
    heard({ type: 'message', ...said('c', 3) }),
  );
  expect(ids(chat.messages)).toEqual(['a', 'b', 'c']);
});

test('what was written waits until the room has stored it', () => {
  const written: ChatEvent = { type: 'written', id: 'mine', text: 'Hello' };
  expect(after(snapshot([]), written).unsent).toEqual([{ id: 'mine', text: 'Hello', error: null }]);
  const stored = after(snapshot([]), written, heard({ type: 'message', ...said('mine', 1, 'manager') }));
  expect([ids(stored.messages), stored.unsent]).toEqual([['mine'], []]);
});

test('what was refused stays, with the reason, and can be sent again', () => {
  const written: ChatEvent = { type: 'written', id: 'mine', text: 'Hello' };
  const refused = after(
    written,
    heard({ type: 'error', id: 'mine', code: 'too_fast', detail: 'Slow down.' }),
  );
  expect(refused.unsent).toEqual([{ id: 'mine', text: 'Hello', error: 'Slow down.' }]);
  expect(reduceChat(refused, written).unsent[0]?.error).toBeNull();
});

test('a new epoch’s snapshot is all there is, a resumed room’s adds to what is known; what waits stays in both', () => {
  const before = [snapshot([said('a', 1)]), { type: 'written', id: 'mine', text: 'Hello' } as const];
  const erased = after(...before, snapshot([]));
  expect([ids(erased.messages), ids(erased.unsent)]).toEqual([[], ['mine']]);
  expect(ids(after(...before, snapshot([said('b', 2)], true)).messages)).toEqual(['a', 'b']);
});

test('who has read how far is known', () => {
  const chat = after(snapshot([]), heard({ type: 'read', by: 'customer', upTo: at(9) }));
  expect(chat.reads).toEqual({ driver: at(1), customer: at(9) });
});
