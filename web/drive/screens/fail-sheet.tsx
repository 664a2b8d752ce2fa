import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OrderForDriver } from '../../../domain/orders.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { useApp } from '../app-context.ts';
import type { KeptFile } from '../outbox/item.ts';
import { FAIL_REASONS } from '../stop.ts';
import { Photos } from './photos.tsx';
import { Reasons } from './reasons.tsx';
import { Slide } from './slide.tsx';

type Code = (typeof FAIL_REASONS)[number];

/** Says why it could not be delivered, with a photo if there is something to see. */
export function FailSheet({ order, onClose }: { order: OrderForDriver; onClose: () => void }): JSX.Element {
  const { drive, words, staff } = useApp();
  const [code, setCode] = useState<Code | null>(null);
  const [note, setNote] = useState('');
  const [photos, setPhotos] = useState<readonly KeptFile[]>([]);
  const [error, setError] = useState<string | null>(null);
  const confirm = async (): Promise<void> => {
    const reason = note.trim();
    if (code === null) return setError(words.fail.choose);
    if (code === 'other' && reason === '') return setError(words.fail.noteNeeded);
    onClose();
    const photoIds: string[] = [];
    for (const photo of photos) photoIds.push(await drive.addFile(order, 'photo', photo));
    await drive.step(order, 'failed', {
      reasonCode: code,
      ...(reason === '' ? {} : { reason: reason.slice(0, 500) }),
      ...(photoIds.length > 0 ? { proof: { photoIds } } : {}),
    });
  };
  return (
    <Dialog title={words.fail.title} closeLabel={staff.close} look="sheet" onClose={onClose}>
      <Reasons<Code>
        legend={words.fail.title}
        reasons={FAIL_REASONS.map((each) => ({ code: each, label: staff.reasons[each] }))}
        chosen={code}
        onChoose={setCode}
      />
      <TextArea
        id="fail-note"
        label={words.fail.note}
        value={note}
        maxLength={500}
        rows={2}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <Photos photos={photos} onChange={setPhotos} />
      <p class="hint">{words.fail.after}</p>
      {error !== null && <ErrorNote>{error}</ErrorNote>}
      <Slide look="danger" label={words.next.failed} onConfirm={() => void confirm()} />
    </Dialog>
  );
}
