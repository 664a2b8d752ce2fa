import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { SubscribableEvent } from '../../../domain/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, focusFirstError } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { useDispatch } from '../dispatch.ts';
import { Form } from '../form.tsx';
import { useAction } from '../use-action.ts';
import { settingsWords } from './words.ts';

type Event = (typeof SubscribableEvent.options)[number];
type Props = { onClose: () => void; onMade: (secret: string) => void };

/** Where to post to, and what. */
export function WebhookForm({ onClose, onMade }: Props): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff } = dispatch;
  const words = settingsWords(locale);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, problem, run } = useAction();
  const [url, setUrl] = useState('https://');
  const [description, setDescription] = useState('');
  const [events, setEvents] = useState<readonly Event[]>(SubscribableEvent.options);
  const isAll = events.length === SubscribableEvent.options.length;
  const toggle = (event: Event): void =>
    setEvents(events.includes(event) ? events.filter((other) => other !== event) : [...events, event]);
  const make = async (): Promise<void> => {
    await run(async () => {
      const said = description.trim() === '' ? {} : { description: description.trim() };
      const json = { url: url.trim(), events: [...events], ...said };
      onMade((await (await api.v1.webhooks.$post({ header: {}, json })).json()).secret);
    });
    focusFirstError(form.current);
  };
  return (
    <Dialog title={words.webhooks.add} closeLabel={staff.close} onClose={onClose}>
      <Form form={form} onSubmit={make}>
        {problem !== null && problem.fieldError('url') === undefined && (
          <ErrorNote>{problem.fieldError('events') ?? dispatch.explain(problem)}</ErrorNote>
        )}
        <Field
          id="webhook-url"
          label={words.webhooks.url}
          type="url"
          required
          value={url}
          error={problem?.fieldError('url')}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <Field
          id="webhook-description"
          label={words.webhooks.description}
          maxLength={200}
          value={description}
          onInput={(event) => setDescription(event.currentTarget.value)}
        />
        <fieldset class="checks">
          <legend>{words.webhooks.events}</legend>
          <label class="check">
            <input
              type="checkbox"
              checked={isAll}
              onChange={() => setEvents(isAll ? [] : SubscribableEvent.options)}
            />
            {words.webhooks.all}
          </label>
          {SubscribableEvent.options.map((event) => (
            <label key={event} class="check">
              <input type="checkbox" checked={events.includes(event)} onChange={() => toggle(event)} />
              <code>{event}</code>
            </label>
          ))}
        </fieldset>
        <div class="actions">
          <Button onClick={onClose}>{staff.cancel}</Button>
          <Button type="submit" look="primary" busy={isBusy} disabled={events.length === 0}>
            {words.webhooks.add}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
