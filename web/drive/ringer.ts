/** Rings and shakes until it is stopped. Sound needs one touch of the page before; `allow` is to be called in one. */
export type Ringer = { allow: () => void; ring: (on: boolean) => void };

const EVERY_MS = 1600;

export function createRinger(): Ringer {
  let audio: AudioContext | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  const once = (): void => {
    if ('vibrate' in navigator) navigator.vibrate([400, 150, 400]);
    if (audio?.state === 'running') beep(audio);
  };
  return {
    allow: () => {
      if (!('AudioContext' in globalThis)) return;
      audio ??= new AudioContext();
      if (audio.state === 'suspended') void audio.resume().catch(() => undefined);
    },
    ring: (on) => {
      if (on === (timer !== undefined)) return;
      clearInterval(timer);
      timer = on ? setInterval(once, EVERY_MS) : undefined;
      if (on) once();
      else if ('vibrate' in navigator) navigator.vibrate(0);
    },
  };
}

/** Two rising tones, twice: heard in traffic, and no file to load. */
function beep(audio: AudioContext): void {
  for (const [at, hertz] of [
    [0, 880],
    [0.16, 1175],
    [0.5, 880],
    [0.66, 1175],
  ] as const) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + at;
    tone.type = 'square';
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, start);
    volume.gain.exponentialRampToValueAtTime(0.01, start + 0.15);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.16);
  }
}
