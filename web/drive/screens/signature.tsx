import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type SignaturePad from 'signature_pad';
import { Button } from '../../ui/button.tsx';
import { useApp } from '../app-context.ts';
import type { KeptFile } from '../outbox/item.ts';
import { keptFrom } from '../picture.ts';

export type SignatureProps = {
  /** What was signed, or null; called after each stroke. */
  onChange: (read: (() => Promise<KeptFile>) | null) => void;
  error?: string | undefined;
};

/** A field to sign in with a finger. It is white in the dark as well: what is kept is ink on paper. */
export function Signature({ onChange, error }: SignatureProps): JSX.Element {
  const { words } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<SignaturePad | null>(null);
  useEffect(() => {
    const field = canvas.current;
    if (field === null) return;
    let isOpen = true;
    void import('signature_pad').then(({ default: Pad }) => {
      if (!isOpen) return;
      const scale = Math.min(2, devicePixelRatio);
      field.width = field.offsetWidth * scale;
      field.height = field.offsetHeight * scale;
      field.getContext('2d')?.scale(scale, scale);
      pad.current = new Pad(field, { backgroundColor: '#ffffff', penColor: '#0f172a' });
      pad.current.addEventListener('endStroke', () => onChange(() => keptFrom(field, 'image/png')));
      field.dataset.ready = 'true';
    });
    return () => {
      isOpen = false;
      pad.current?.off();
    };
    // The field lives as long as the sheet; what is called back reads the newest state by itself.
  }, []);
  const clear = (): void => {
    pad.current?.clear();
    onChange(null);
  };
  return (
    <div class="signature">
      <div class="signature-head">
        <span id="signature-label">{words.handOver.signHere}</span>
        <Button look="quiet" onClick={clear}>
          {words.handOver.clear}
        </Button>
      </div>
      <canvas ref={canvas} class="signature-field" role="img" aria-labelledby="signature-label" />
      {error !== undefined && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      <p class="hint">{words.handOver.cannotSign}</p>
    </div>
  );
}
