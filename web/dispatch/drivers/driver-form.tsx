import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { VEHICLE_TYPES, type VehicleType } from '../../../domain/orders.ts';
import type { Driver } from '../../../functions/drivers/driver.ts';
import { type ApiProblem, problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, focusFirstError, Select } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { Form } from '../form.tsx';
import type { Invitation } from './invitation-dialog.tsx';
import { driversWords } from './words.ts';

type Props = {
  /** Null: a new one, whose invitation comes back. */
  driver: Driver | null;
  onClose: () => void;
  onDone: (driver: Driver, invitation: Invitation | null) => void;
};

/** What is known of a driver. What was typed stays when it is refused. */
export function DriverForm({ driver, onClose, onDone }: Props): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff } = dispatch;
  const words = driversWords(locale);
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState({
    name: driver?.name ?? '',
    phone: driver?.phone ?? '',
    email: driver?.email ?? '',
  });
  const [vehicleType, setVehicle] = useState<VehicleType>(driver?.vehicleType ?? 'bicycle');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    if (isBusy) return;
    setMissing(typed.name.trim() === '');
    if (typed.name.trim() === '') return focusFirstError(form.current);
    setBusy(true);
    setProblem(null);
    const name = typed.name.trim();
    const [phone, email] = [typed.phone.trim(), typed.email.trim()];
    try {
      if (driver === null) {
        const json = { name, vehicleType, ...(phone && { phone }), ...(email && { email }) };
        const { inviteUrl, inviteExpiresAt, ...added } = await (
          await api.v1.drivers.$post({ header: {}, json })
        ).json();
        say(words.added(name));
        onDone(added, { inviteUrl, inviteExpiresAt });
      } else {
        const json = { name, vehicleType, phone: phone || null, email: email || null };
        const saved = await (
          await api.v1.drivers[':id'].$patch({ param: { id: driver.id }, header: {}, json })
        ).json();
        say(words.saved);
        onDone(saved, null);
      }
    } catch (error) {
      setProblem(problemOfFailure(error));
      focusFirstError(form.current);
    } finally {
      setBusy(false);
    }
  };
  const input = (key: keyof typeof typed) => ({
    id: `driver-${key}`,
    label: words[key],
    value: typed[key],
    error: problem?.fieldError(key),
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [key]: currentTarget.value }),
  });
  return (
    <Dialog
      title={driver === null ? words.add : words.editTitle(driver.name)}
      closeLabel={staff.close}
      onClose={onClose}
    >
      <Form form={form} onSubmit={submit}>
        {problem !== null && (
          <ErrorNote>{problem.status === 409 ? words.emailTaken : dispatch.explain(problem)}</ErrorNote>
        )}
        <Field
          {...input('name')}
          error={isMissing ? staff.required : input('name').error}
          required
          autoComplete="off"
        />
        <Select
          id="driver-vehicle"
          label={words.vehicle}
          value={vehicleType}
          options={VEHICLE_TYPES.map((value) => ({ value, label: staff.vehicles[value] }))}
          onChange={(value) => setVehicle(VEHICLE_TYPES.find((known) => known === value) ?? 'bicycle')}
        />
        <Field {...input('phone')} type="tel" autoComplete="off" />
        <Field {...input('email')} type="email" hint={words.emailHint} autoComplete="off" />
        <div class="actions">
          <Button onClick={onClose}>{staff.cancel}</Button>
          <Button type="submit" look="primary" busy={isBusy}>
            {driver === null ? words.add : staff.save}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
