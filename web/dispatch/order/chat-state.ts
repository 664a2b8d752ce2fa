import type { DeliveryMessage, Message, ReadMarks } from '../../../domain/room-messages.ts';

/** A message that the room has not acknowledged; `error` is the room's word for why it was not taken. */
export type Unsent = { id: string; text: string; error: string | null };
export type ChatState = { messages: readonly Message[]; reads: ReadMarks; unsent: readonly Unsent[] };
export const NO_CHAT: ChatState = { messages: [], reads: {}, unsent: [] };

export type ChatEvent =
  | { type: 'written'; id: string; text: string }
  | { type: 'heard'; message: DeliveryMessage };

/** The chat after that. A message that comes twice is one; a snapshot is all there is, but for what waits to be sent. */
export function reduceChat(state: ChatState, event: ChatEvent): ChatState {
  if (event.type === 'written') {
    const { id, text } = event;
    return { ...state, unsent: [...state.unsent.filter((one) => one.id !== id), { id, text, error: null }] };
  }
  const { message } = event;
  switch (message.type) {
    case 'snapshot': {
      // A room that resumes sends what was missed afterwards: what is known already stays.
      const known = message.recovered ? state.messages : [];
      return acknowledge({ ...state, messages: merged(known, message.messages), reads: message.reads ?? {} });
    }
    case 'message': {
      const { id, from, text, at } = message;
      return acknowledge({ ...state, messages: merged(state.messages, [{ id, from, text, at }]) });
    }
    case 'read':
      return { ...state, reads: { ...state.reads, [message.by]: message.upTo } };
    case 'error': {
      const { id, detail } = message;
      const unsent = state.unsent.map((one) => (one.id === id ? { ...one, error: detail } : one));
      return { ...state, unsent };
    }
    default:
      return state;
  }
}

function acknowledge(state: ChatState): ChatState {
  const stored = new Set(state.messages.map(({ id }) => id));
  return { ...state, unsent: state.unsent.filter(({ id }) => !stored.has(id)) };
}

function merged(known: readonly Message[], more: readonly Message[]): Message[] {
  const byId = new Map([...known, ...more].map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => compare(a.at, b.at) || compare(a.id, b.id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
