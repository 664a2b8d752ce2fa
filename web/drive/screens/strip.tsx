import type { JSX } from 'preact';
import { BatteryIcon, CloudIcon, GpsIcon, NoSignalIcon, SignalIcon } from '../../ui/icons.tsx';
import { type AppContext, useApp } from '../app-context.ts';
import type { Gps } from '../position.ts';

/** The state of the phone in one line: each in a word, the bad ones in colour as well. */
export function Strip(): JSX.Element {
  const { drive, position, words, sendNow } = useApp();
  const connection = drive.connection.value;
  const waiting = drive.waiting.value.length;
  const battery = position.battery.value;
  const gps = position.gps.value;
  return (
    <section class="strip" aria-label={words.strip.label}>
      <span class={connection === 'live' ? 'tone-done' : 'tone-risk'} data-connection={connection}>
        {connection === 'offline' ? <NoSignalIcon /> : <SignalIcon />}
        {words.strip[connection]}
      </span>
      {drive.onDuty.value && (
        <span class={gps.state === 'good' ? 'tone-done' : 'tone-risk'}>
          <GpsIcon />
          {gpsText(gps, words)}
        </span>
      )}
      {battery !== null && (
        <span class={battery < 0.2 ? 'tone-late' : 'tone-neutral'}>
          <BatteryIcon />
          <span class="hidden">{words.strip.battery}</span>
          {Math.round(battery * 100)}%
        </span>
      )}
      {waiting > 0 && (
        <button type="button" class="strip-waiting tone-risk" title={words.more.sendNow} onClick={sendNow}>
          <CloudIcon />
          {words.strip.waiting(waiting)}
        </button>
      )}
    </section>
  );
}

function gpsText(gps: Gps, { strip }: AppContext['words']): string {
  switch (gps.state) {
    case 'off':
      return strip.gpsOff;
    case 'asking':
      return strip.gpsAsking;
    case 'denied':
      return strip.gpsDenied;
    case 'lost':
      return strip.gpsLost;
    case 'good':
      return strip.gps(Math.round(gps.accuracy));
  }
}
