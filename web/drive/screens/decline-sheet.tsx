import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OrderForDriver } from '../../../domain/orders.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea } from '../../ui/field.tsx';
import { useApp } from '../app-context.ts';
import { DECLINE_REASONS } from '../stop.ts';
import { Reasons } from './reasons.tsx';

type Code = (typeof DECLINE_REASONS)[number];

/** Gives an order back before it is picked up: the shop must know why. */
export function DeclineSheet({
  order,
  onClose,
}: {
  order: OrderForDriver;
  onClose: () => void;
}): JSX.Element {
  const { drive, words, staff } = useApp();
  const [code, setCode] = useState<Code | null>(null);
  const [note, setNote] = useState('');
  const [error, setError] = useState<string>();
  const confirm = (): void => {
    const reason = note.trim();
    // "Something else" alone says nothing.
    if (reason === '' && (code === null || code === 'other')) {
      setError(words.decline.noteNeeded);
      return;
    }
    onClose();
    void drive.decline(order, {
      ...(reason === '' ? {} : { reason: reason.slice(0, 500) }),
      ...(code === null ? {} : { reasonCode: code }),
    });
  };
  return (
    <Dialog title={words.decline.title} closeLabel={staff.close} look="sheet" onClose={onClose}>
      <Reasons<Code>
        legend={words.decline.title}
        reasons={DECLINE_REASONS.map((each) => ({ code: each, label: words.decline.reasons[each] }))}
        chosen={code}
        onChoose={setCode}
      />
      <TextArea
        id="decline-note"
        label={words.decline.note}
        value={note}
        error={error}
        maxLength={500}
        rows={2}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <Button class="big" look="danger" onClick={confirm}>
        {words.decline.confirm}
      </Button>
    </Dialog>
  );
}
