import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { LANGUAGES, languageOf } from '../../i18n/locale.ts';
import { LANGUAGE_NAMES } from '../../i18n/locale-names.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { useApp } from '../app-context.ts';
import { rememberLanguage } from '../language.ts';
import { THEMES } from '../theme.ts';
import { PushToggle } from './push-toggle.tsx';
import { EndShift } from './shift-screen.tsx';
import { TrackerSetup } from './tracker-setup.tsx';

/** Everything that is not needed at a door. */
export function MoreScreen(): JSX.Element {
  const { drive, words, staff, times, position, theme, locale, sendNow } = useApp();
  const [isEnding, setEnding] = useState(false);
  const shift = drive.shift.value;
  return (
    <section class="panel">
      <h1 class="panel-title">{words.tabs.more}</h1>
      {drive.onDuty.value && (
        <div class="card">
          {shift !== null && shift.endedAt === null && (
            <p>{words.shift.since(times.clock(shift.startedAt))}</p>
          )}
          <Button onClick={() => setEnding(true)}>{words.shift.end}</Button>
        </div>
      )}
      {drive.waiting.value.length > 0 && (
        <div class="card">
          <p>{words.strip.waiting(drive.waiting.value.length)}</p>
          <Button onClick={sendNow}>{words.more.sendNow}</Button>
        </div>
      )}
      <div class="card">
        <h2>{words.more.tracker}</h2>
        <p>{words.more.trackerText}</p>
        {!position.staysAwake.value && <p>{words.more.wakeLockOff}</p>}
        <TrackerSetup />
      </div>
      <PushToggle />
      <div class="card">
        <Select
          id="theme"
          label={words.more.theme}
          value={theme.value}
          options={THEMES.map((each) => ({ value: each, label: words.more.themes[each] }))}
          onChange={(value) => {
            theme.value = THEMES.find((each) => each === value) ?? 'auto';
          }}
        />
        <Select
          id="language"
          label={words.more.language}
          value={languageOf(locale)}
          options={LANGUAGES.map((each) => ({ value: each, label: LANGUAGE_NAMES[each] }))}
          onChange={(value) => {
            rememberLanguage(value);
            location.reload();
          }}
        />
      </div>
      <LogOut />
      {isEnding && <EndShift onClose={() => setEnding(false)} />}
      <p class="hint">{staff.vehicles[drive.driver.value?.vehicleType ?? 'foot']}</p>
    </section>
  );
}

function LogOut(): JSX.Element {
  const { drive, session, words, staff } = useApp();
  const waiting = drive.waiting.value.length;
  const leave = async (): Promise<void> => {
    await drive.deps.db.forget();
    await session.logOut();
  };
  return (
    <div class="card">
      <p>{words.more.signedIn(drive.user.value?.name ?? '')}</p>
      {waiting > 0 && <p class="tone-risk">{words.more.logOutWaiting(waiting)}</p>}
      <Button onClick={() => void leave()}>{staff.logOut}</Button>
    </div>
  );
}
