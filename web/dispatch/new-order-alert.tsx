import { effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { BellIcon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';
import { type Dispatch, useDispatch } from './dispatch.ts';

const KEPT = 'dropmate.dispatch.alert';

/** Tells of new orders by a sound and, while the page is hidden, by the browser; once somebody has asked for it. */
export function NewOrderAlert(): JSX.Element {
  const dispatch = useDispatch();
  const { words } = dispatch;
  const [isOn, setOn] = useState(localStorage.getItem(KEPT) === 'on');
  useEffect(() => (isOn ? watch(dispatch) : undefined), [dispatch, isOn]);
  const toggle = async (): Promise<void> => {
    const next = !isOn;
    localStorage.setItem(KEPT, next ? 'on' : 'off');
    setOn(next);
    if (!next) return;
    // A sound now: browsers allow it only after a press, and the reader hears what it will be.
    ring();
    if (!('Notification' in globalThis) || Notification.permission !== 'default') return;
    if ((await Notification.requestPermission()) === 'denied') say(words.alert.denied);
  };
  return (
    <Button icon={<BellIcon />} look="quiet" aria-pressed={isOn} onClick={() => void toggle()}>
      <span class="wide-only">{isOn ? words.alert.on : words.alert.off}</span>
      <span class="hidden">{words.alert.sound}</span>
    </Button>
  );
}

function watch(dispatch: Dispatch): () => void {
  let known: ReadonlySet<string> | null = null;
  return effect(() => {
    const orders = dispatch.orders.value;
    if (!dispatch.isLoaded.value) return;
    const fresh = [...orders.values()].filter(
      ({ id, status }) => status === 'created' && known?.has(id) === false,
    );
    known = new Set(orders.keys());
    const [first] = fresh;
    if (first === undefined) return;
    ring();
    if (!document.hidden || !('Notification' in globalThis) || Notification.permission !== 'granted') return;
    const { words } = dispatch;
    const notice = new Notification(words.alert.title, {
      body: words.alert.body(words.order.name(first.number), first.dropoff.address),
      tag: 'dropmate-new-order',
    });
    notice.onclick = () => {
      focus();
      dispatch.open(first.id);
      notice.close();
    };
  });
}

let audio: AudioContext | null = null;

/** Two short tones, made here: nothing to load. */
function ring(): void {
  audio ??= new AudioContext();
  void audio.resume();
  for (const [at, hertz] of [
    [0, 660],
    [0.18, 880],
  ] as const) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = hertz;
    const start = audio.currentTime + at;
    volume.gain.setValueAtTime(0.2, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  }
}
