import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OrderForDriver } from '../../../domain/orders.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useApp } from '../app-context.ts';
import { readMoney, writeMoney } from '../money.ts';
import type { KeptFile, StepDetails } from '../outbox/item.ts';
import { Photos } from './photos.tsx';
import { Signature } from './signature.tsx';
import { Slide } from './slide.tsx';

type Errors = Partial<Record<'photo' | 'signature' | 'pin' | 'cash', string>>;

/** Everything that a hand-over may need: what the order demands, and a photo or a name for who wants more. */
export function HandOverSheet({
  order,
  onClose,
}: {
  order: OrderForDriver;
  onClose: () => void;
}): JSX.Element {
  const { drive, words, staff } = useApp();
  const { currency, cashOnDelivery, proof } = order;
  const owesCash = cashOnDelivery !== null && cashOnDelivery > 0;
  const [photos, setPhotos] = useState<readonly KeptFile[]>([]);
  const [readSignature, setReadSignature] = useState<(() => Promise<KeptFile>) | null>(null);
  const [pin, setPin] = useState('');
  const [signedBy, setSignedBy] = useState('');
  const [cash, setCash] = useState(owesCash ? writeMoney(cashOnDelivery, currency) : '');
  const [errors, setErrors] = useState<Errors>({});

  const check = (): Errors => ({
    ...(proof?.photo && photos.length === 0 ? { photo: words.handOver.needed } : {}),
    ...(proof?.signature && readSignature === null ? { signature: words.handOver.needed } : {}),
    ...(proof?.pin && !/^\d{4,6}$/.test(pin.trim()) ? { pin: words.handOver.pinNeeded } : {}),
    ...(owesCash && readMoney(cash, currency) === null ? { cash: words.shift.cashWrong } : {}),
  });
  const confirm = async (): Promise<void> => {
    const found = check();
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    // Before the sheet, and its canvas, are gone.
    const signature = await readSignature?.();
    onClose();
    const given: NonNullable<StepDetails['proof']> = {};
    for (const photo of photos) {
      given.photoIds = [...(given.photoIds ?? []), await drive.addFile(order, 'photo', photo)];
    }
    if (signature !== undefined) given.signatureId = await drive.addFile(order, 'signature', signature);
    if (proof?.pin) given.pin = pin.trim();
    if (signedBy.trim() !== '') given.signedBy = signedBy.trim().slice(0, 200);
    const collected = owesCash ? readMoney(cash, currency) : null;
    await drive.step(order, 'delivered', {
      ...(Object.keys(given).length > 0 ? { proof: given } : {}),
      ...(collected === null ? {} : { cashCollected: collected }),
    });
  };

  return (
    <Dialog
      title={words.handOver.title(order.number)}
      closeLabel={staff.close}
      look="sheet"
      onClose={onClose}
    >
      {owesCash && (
        <Field
          id="hand-over-cash"
          label={words.handOver.cash(currency)}
          inputMode="decimal"
          autoComplete="off"
          value={cash}
          error={errors.cash}
          onInput={(event) => setCash(event.currentTarget.value)}
        />
      )}
      {proof?.pin && (
        <Field
          id="hand-over-pin"
          label={words.handOver.pin}
          hint={drive.connection.value === 'live' ? words.handOver.pinHint : words.handOver.pinOffline}
          inputMode="numeric"
          autoComplete="off"
          maxLength={6}
          value={pin}
          error={errors.pin}
          onInput={(event) => setPin(event.currentTarget.value)}
        />
      )}
      <Photos photos={photos} onChange={setPhotos} error={errors.photo} />
      {proof?.signature && (
        <Signature onChange={(read) => setReadSignature(() => read)} error={errors.signature} />
      )}
      <Field
        id="hand-over-name"
        label={words.handOver.signedBy}
        hint={words.shift.optional}
        autoComplete="off"
        maxLength={200}
        value={signedBy}
        onInput={(event) => setSignedBy(event.currentTarget.value)}
      />
      <Slide label={words.next.delivered} onConfirm={() => void confirm()} />
    </Dialog>
  );
}
