import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CHANNELS, LANGUAGES } from '../../../domain/notifications.ts';
import { AUDIENCES } from '../../../domain/room-messages.ts';
import type { ApiClient } from '../../session/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { Table } from '../table.tsx';
import { useAction } from '../use-action.ts';
import { useLoaded } from '../use-loaded.ts';
import { settingsWords } from './words.ts';

type Settings = Awaited<
  ReturnType<Awaited<ReturnType<ApiClient['v1']['notifications']['settings']['$get']>>['json']>
>;
type Setting = Settings['data'][number];

/** Who is told of what, by which channels, and in which words. */
export function NotificationsTab(): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale } = dispatch;
  const words = settingsWords(locale);
  const [writing, setWriting] = useState<Setting | null>(null);
  const settings = useLoaded(
    async (signal) => (await api.v1.notifications.settings.$get({}, { init: { signal } })).json(),
    [],
  );
  const toggle = async ({ event, channel, enabled }: Setting): Promise<void> => {
    try {
      const answer = await api.v1.notifications.settings.$patch({
        json: { settings: [{ event, channel, enabled: !enabled }] },
      });
      settings.set(await answer.json());
    } catch (error) {
      say(dispatch.explain(error), { look: 'bad' });
      settings.reload();
    }
  };
  return (
    <>
      <p>{words.notifications.text}</p>
      <LoadedView loaded={settings}>
        {({ data }) => (
          <>
            {AUDIENCES.map((audience) => (
              <section key={audience}>
                <h2>{words.notifications.audience[audience]}</h2>
                <EventTable
                  label={words.notifications.audience[audience]}
                  settings={data.filter(({ event }) => event.startsWith(`${audience}.`))}
                  onToggle={(setting) => void toggle(setting)}
                  onWrite={setWriting}
                />
              </section>
            ))}
          </>
        )}
      </LoadedView>
      {writing !== null && (
        <WordsDialog
          setting={writing}
          onClose={() => setWriting(null)}
          onSaved={(saved) => {
            settings.set(saved);
            setWriting(null);
          }}
        />
      )}
    </>
  );
}

type EventTableProps = {
  label: string;
  settings: readonly Setting[];
  onToggle: (setting: Setting) => void;
  onWrite: (setting: Setting) => void;
};

function EventTable({ label, settings, onToggle, onWrite }: EventTableProps): JSX.Element {
  const { locale, words: common } = useDispatch();
  const words = settingsWords(locale);
  const events = [...new Set(settings.map(({ event }) => event))];
  const channels = CHANNELS.filter((channel) => settings.some((setting) => setting.channel === channel));
  const nameOf = (event: string): string => common.notices.events[event] ?? event;
  return (
    <Table
      label={label}
      columns={[
        words.notifications.event,
        ...channels.map((channel) => common.notices.channel[channel] ?? channel),
      ]}
    >
      {events.map((event) => (
        <tr key={event}>
          <th scope="row">{nameOf(event)}</th>
          {channels.map((channel) => {
            const setting = settings.find((one) => one.event === event && one.channel === channel);
            const name = `${nameOf(event)}, ${common.notices.channel[channel] ?? channel}`;
            return (
              <td key={channel}>
                {setting && (
                  <span class="actions">
                    <input
                      type="checkbox"
                      class="switch"
                      checked={setting.enabled}
                      aria-label={name}
                      onChange={() => onToggle(setting)}
                    />
                    <Button
                      look="quiet"
                      aria-label={`${words.notifications.words}: ${name}`}
                      onClick={() => onWrite(setting)}
                    >
                      {setting.isStandard ? words.notifications.words : words.notifications.own}
                    </Button>
                  </span>
                )}
              </td>
            );
          })}
        </tr>
      ))}
    </Table>
  );
}

type WordsProps = { setting: Setting; onClose: () => void; onSaved: (settings: Settings) => void };

function WordsDialog({ setting, onClose, onSaved }: WordsProps): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff, words: common } = dispatch;
  const words = settingsWords(locale);
  const { event, channel, placeholders } = setting;
  const [wording, setWording] = useState(setting.wording);
  const { isBusy, problem, run } = useAction();
  const hasSubject = wording.en.subject !== '' || wording.es.subject !== '';
  const save = (own: typeof wording | null): Promise<void> =>
    run(async () => {
      const text = (language: 'en' | 'es') => {
        const { subject, body } = (own ?? wording)[language];
        return hasSubject ? { subject, body } : { body };
      };
      const answer = await api.v1.notifications.settings.$patch({
        json: {
          settings: [{ event, channel, wording: own === null ? null : { en: text('en'), es: text('es') } }],
        },
      });
      onSaved(await answer.json());
      say(words.saved);
    });
  return (
    <Dialog
      title={words.notifications.wordsOf(
        common.notices.events[event] ?? event,
        common.notices.channel[channel] ?? channel,
      )}
      closeLabel={staff.close}
      onClose={onClose}
    >
      {problem !== null && <ErrorNote>{problem.errors[0]?.message ?? dispatch.explain(problem)}</ErrorNote>}
      <p class="hint">
        {words.notifications.placeholders} <code>{placeholders.map((name) => `{${name}}`).join(' ')}</code>
      </p>
      {LANGUAGES.map((language) => {
        const set = (change: Partial<(typeof wording)['en']>): void =>
          setWording({ ...wording, [language]: { ...wording[language], ...change } });
        return (
          <fieldset key={language} class="form">
            <legend>{words.notifications.languages[language]}</legend>
            {hasSubject && (
              <Field
                id={`subject-${language}`}
                label={words.notifications.subject}
                maxLength={150}
                value={wording[language].subject}
                onInput={({ currentTarget }) => set({ subject: currentTarget.value })}
              />
            )}
            <TextArea
              id={`body-${language}`}
              label={words.notifications.body}
              maxLength={1000}
              value={wording[language].body}
              onInput={({ currentTarget }) => set({ body: currentTarget.value })}
            />
          </fieldset>
        );
      })}
      <div class="actions">
        {!setting.isStandard && (
          <Button busy={isBusy} onClick={() => void save(null)}>
            {words.notifications.standard}
          </Button>
        )}
        <Button look="primary" busy={isBusy} onClick={() => void save(wording)}>
          {staff.save}
        </Button>
      </div>
    </Dialog>
  );
}
