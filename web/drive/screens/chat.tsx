import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { OrderForDriver } from '../../../domain/orders.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useApp } from '../app-context.ts';

/** The chat of an order. What is written without network stands there as waiting. */
export function Chat({ order, onClose }: { order: OrderForDriver; onClose: () => void }): JSX.Element {
  const { drive, api, following, words, staff } = useApp();
  const [text, setText] = useState('');
  const [isLost, setLost] = useState(false);
  const end = useRef<HTMLLIElement>(null);
  const { id: orderId, number: orderNumber } = order;
  const messages = drive.messages.value.get(orderId) ?? [];
  const waiting = drive.waiting.value.filter(
    ({ action, id }) =>
      action.kind === 'message' && action.orderId === orderId && !messages.some((known) => known.id === id),
  );

  useEffect(() => {
    const chat = following();
    if (chat !== null) chat.openChat.value = orderId;
    api.v1.orders[':id'].messages
      .$get({ param: { id: orderId }, query: {} })
      .then(async (answer) => drive.takeMessages(orderId, (await answer.json()).data))
      .catch(() => setLost(true));
    return () => {
      if (chat !== null) chat.openChat.value = null;
    };
  }, [orderId]);
  const count = messages.length + waiting.length;
  useEffect(() => end.current?.scrollIntoView({ block: 'end' }), [count]);

  const send = (said: string): void => {
    const trimmed = said.trim().slice(0, 1000);
    if (trimmed === '') return;
    setText('');
    void drive.act({ kind: 'message', orderId, orderNumber, text: trimmed });
  };
  return (
    <Dialog title={words.chat.title(orderNumber)} closeLabel={staff.close} look="sheet" onClose={onClose}>
      {isLost && <p class="hint">{words.chat.notLoaded}</p>}
      {count === 0 && <p class="hint">{words.chat.empty}</p>}
      <ol class="chat" aria-live="polite">
        {messages.map(({ id, from, text: said }) => (
          <li key={id} class={from === 'driver' ? 'said own' : 'said'}>
            <span class="said-by">{words.chat.from[from]}</span>
            {said}
          </li>
        ))}
        {waiting.map(({ id, action }) => (
          <li key={id} class="said own waiting">
            <span class="said-by">
              {words.chat.from.driver} · {words.chat.waiting}
            </span>
            {action.kind === 'message' && action.text}
          </li>
        ))}
        <li ref={end} class="chat-end" aria-hidden="true" />
      </ol>
      <div class="quick">
        {words.chat.quick.map((each) => (
          <Button key={each} onClick={() => send(each)}>
            {each}
          </Button>
        ))}
      </div>
      <form
        class="chat-form"
        onSubmit={(event) => {
          event.preventDefault();
          send(text);
        }}
      >
        <Field
          id="chat-text"
          label={words.chat.message}
          value={text}
          maxLength={1000}
          autoComplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" look="primary">
          {words.chat.send}
        </Button>
      </form>
    </Dialog>
  );
}
