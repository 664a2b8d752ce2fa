import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import type { OrderForManager } from '../../../domain/orders.ts';
import { DeliveryMessage, type Message, type ReadMarks } from '../../../domain/room-messages.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, ErrorNote } from '../../ui/notes.tsx';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { type Connection, RoomSocket } from '../live/room-socket.ts';
import { type ChatState, NO_CHAT, reduceChat } from './chat-state.ts';

/** What customer, driver and managers write to each other. What could not be sent stays, to be sent again. */
export function ChatTab({ order: { id: orderId } }: { order: OrderForManager }): JSX.Element {
  const dispatch = useDispatch();
  const { words, times, staff } = dispatch;
  const [text, setText] = useState('');
  const { chat, connection, send } = useChat(dispatch, orderId);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [chat.messages.length, chat.unsent.length]);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    send(text.trim());
    setText('');
  };
  const { messages, unsent } = chat;
  return (
    <div class="chat">
      {connection !== 'live' && connection !== 'connecting' && <ErrorNote>{words.chat.away}</ErrorNote>}
      {connection === 'connecting' && <p class="loading">{staff.loading}</p>}
      {messages.length + unsent.length === 0 && connection === 'live' && (
        <Empty title={words.chat.empty}>
          <p>{words.chat.emptyText}</p>
        </Empty>
      )}
      <ol class="messages" ref={list} aria-live="polite">
        {messages.map(({ id, from, text: said, at }) => (
          <li key={id} class={`message from-${from}`}>
            <span class="message-head">
              <b>{words.chat.from[from]}</b> <time class="numbers">{times.value.clock(at)}</time>
            </span>
            <span>{said}</span>
          </li>
        ))}
        {unsent.map(({ id, text: said, error }) => (
          <li key={id} class="message from-manager unsent">
            <span>{said}</span>
            <span class="message-head">
              {error === null ? words.chat.sending : `${words.chat.failed} ${error}`}
              {error !== null && <Button onClick={() => send(said, id)}>{staff.retry}</Button>}
            </span>
          </li>
        ))}
      </ol>
      <ReadBy messages={messages} reads={chat.reads} />
      <form class="chat-form" onSubmit={submit}>
        <label class="hidden" for="chat-text">
          {words.chat.write}
        </label>
        <input
          id="chat-text"
          class="input"
          maxLength={1000}
          autoComplete="off"
          placeholder={words.chat.write}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" look="primary">
          {words.chat.send}
        </Button>
      </form>
    </div>
  );
}

/** Who has read the last of ours. */
function ReadBy({ messages, reads }: { messages: readonly Message[]; reads: ReadMarks }): JSX.Element | null {
  const { words } = useDispatch();
  const ours = messages.findLast(({ from }) => from === 'manager');
  if (ours === undefined) return null;
  const readers = (['customer', 'driver'] as const).filter((side) => (reads[side] ?? '') >= ours.at);
  if (readers.length === 0) return null;
  return <p class="hint">{words.chat.read(readers.map((side) => words.chat.from[side]).join(', '))}</p>;
}

function useChat(dispatch: Dispatch, orderId: string) {
  const [chat, setChat] = useState<ChatState>(NO_CHAT);
  const [connection, setConnection] = useState<Connection>('connecting');
  const socket = useRef<RoomSocket | null>(null);
  const latest = useRef(chat);
  latest.current = chat;
  useEffect(() => {
    let position: { epoch: string; seq: number } | null = null;
    const opened = new RoomSocket({
      enter: async () => (await dispatch.api.v1.orders[':id'].room.$get({ param: { id: orderId } })).json(),
      position: () => position,
      onConnection: (now) => {
        setConnection(now);
        if (now !== 'live') return;
        // The same id is the same message: what the room has already, it only acknowledges.
        for (const { id, text } of latest.current.unsent) opened.send({ type: 'message', id, text });
      },
      onMessage: (raw) => {
        const message = readDelivery(raw);
        if (message === null) return false;
        position = { epoch: message.epoch, seq: message.seq };
        setChat((known) => reduceChat(known, { type: 'heard', message }));
        return message.type !== 'error';
      },
    });
    socket.current = opened;
    return () => opened.stop();
  }, [orderId]);
  const newest = chat.messages.at(-1);
  useEffect(() => {
    if (newest !== undefined && newest.from !== 'manager')
      socket.current?.send({ type: 'read', id: newest.id });
  }, [newest?.id, connection]);
  const send = (text: string, id = uuidv7()): void => {
    setChat((known) => reduceChat(known, { type: 'written', id, text }));
    socket.current?.send({ type: 'message', id, text });
  };
  return { chat, connection, send };
}

function readDelivery(raw: unknown): DeliveryMessage | null {
  try {
    const parsed = DeliveryMessage.safeParse(typeof raw === 'string' ? JSON.parse(raw) : null);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
