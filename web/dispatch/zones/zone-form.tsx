import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Location } from '../../../domain/geo.ts';
import type { Zone } from '../../../functions/zones/zone.ts';
import { Button } from '../../ui/button.tsx';
import { Field, focusFirstError, Select } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { Form } from '../form.tsx';
import { useAction } from '../use-action.ts';
import { decimalsOf, majorOf, minorOf } from '../write/draft.ts';
import { areaOf } from './area.ts';
import { zonesWords } from './words.ts';

type Hours = NonNullable<Zone['hours']>[number];

type Props = {
  zone: Zone | null;
  /** Null: the area stays as it is. */
  corners: readonly Location[] | null;
  onCorners: (corners: Location[]) => void;
  onClose: () => void;
  onDone: () => void;
};

const FEES = ['base', 'perKm', 'minimum'] as const;

/** What a zone is, beside the map on which it is drawn. */
export function ZoneForm({ zone, corners, onCorners, onClose, onDone }: Props): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff, merchant } = dispatch;
  const words = zonesWords(locale);
  const decimals = decimalsOf(merchant.value?.currency ?? 'USD');
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, problem, run } = useAction();
  const [name, setName] = useState(zone?.name ?? '');
  const [fees, setFees] = useState({
    base: majorOf(zone?.fee.base ?? 0, decimals),
    perKm: majorOf(zone?.fee.perKm ?? 0, decimals),
    minimum: majorOf(zone?.fee.minimum ?? 0, decimals),
  });
  const [active, setActive] = useState(zone?.active ?? true);
  const [hours, setHours] = useState<Hours[] | null>(zone?.hours ?? null);
  const [isTried, setTried] = useState(false);
  const feeOf = (key: (typeof FEES)[number]): number | null =>
    fees[key].trim() === '' ? 0 : minorOf(fees[key], decimals);
  const [base, perKm, minimum] = FEES.map(feeOf);
  const isFew = corners !== null && corners.length < 3;

  const save = async (): Promise<void> => {
    setTried(true);
    if (name.trim() === '' || base == null || perKm == null || minimum == null || isFew) {
      return focusFirstError(form.current);
    }
    await run(async () => {
      const json = { name: name.trim(), fee: { base, perKm, minimum }, hours, active };
      if (zone === null) {
        await api.v1.zones.$post({ header: {}, json: { ...json, area: areaOf(corners ?? []) } });
      } else {
        const area = corners === null ? {} : { area: areaOf(corners) };
        await api.v1.zones[':id'].$patch({ param: { id: zone.id }, json: { ...json, ...area } });
      }
      say(words.saved);
      onDone();
    });
    focusFirstError(form.current);
  };

  return (
    <Form form={form} onSubmit={save}>
      <h2>{zone === null ? words.newTitle : words.editTitle(zone.name)}</h2>
      {problem !== null && <ErrorNote>{problem.errors[0]?.message ?? dispatch.explain(problem)}</ErrorNote>}
      <div class="hint">
        <p>{corners === null ? words.kept : words.draw}</p>
        <p role="status">
          {words.corners(corners?.length ?? 0)}{' '}
          <Button look="quiet" onClick={() => onCorners([])}>
            {words.clear}
          </Button>
        </p>
        {isTried && isFew && <p class="field-error">{words.fewCorners}</p>}
      </div>
      <Field
        id="zone-name"
        label={words.name}
        required
        maxLength={100}
        value={name}
        error={isTried && name.trim() === '' ? staff.required : undefined}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <div class="triple">
        {FEES.map((key) => (
          <Field
            key={key}
            id={`zone-${key}`}
            label={words[key]}
            inputMode="decimal"
            value={fees[key]}
            error={feeOf(key) === null ? words.amountWrong : undefined}
            onInput={(event) => setFees({ ...fees, [key]: event.currentTarget.value })}
          />
        ))}
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={active}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        {words.active}
      </label>
      <HoursFields hours={hours} onChange={setHours} />
      <div class="actions">
        <Button onClick={onClose}>{staff.cancel}</Button>
        <Button type="submit" look="primary" busy={isBusy}>
          {staff.save}
        </Button>
      </div>
    </Form>
  );
}

type HoursProps = { hours: Hours[] | null; onChange: (hours: Hours[] | null) => void };

/** Null is always open, none at all is never. */
function HoursFields({ hours, onChange }: HoursProps): JSX.Element {
  const { locale } = useDispatch();
  const words = zonesWords(locale);
  const change = (index: number, part: Partial<Hours>): void =>
    onChange((hours ?? []).map((entry, other) => (other === index ? { ...entry, ...part } : entry)));
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={hours !== null}
          onChange={(event) => onChange(event.currentTarget.checked ? WEEK : null)}
        />
        {words.openHours}
      </label>
      {hours?.map(({ day, from, to }, index) => (
        <div key={index} class="hours">
          <Select
            id={`hours-day-${index}`}
            label={words.day}
            value={`${day}`}
            options={words.days.map((label, at) => ({ value: `${at + 1}`, label }))}
            onChange={(value) => change(index, { day: Number(value) })}
          />
          <Field
            id={`hours-from-${index}`}
            label={words.from}
            type="time"
            value={from}
            onChange={(event) => change(index, { from: event.currentTarget.value })}
          />
          <Field
            id={`hours-to-${index}`}
            label={words.to}
            type="time"
            // No clock shows 24:00, the end of a day.
            value={to === '24:00' ? '00:00' : to}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change(index, { to: value === '00:00' ? '24:00' : value });
            }}
          />
          <Button
            look="quiet"
            aria-label={words.removeHours}
            onClick={() => onChange(hours.filter((_, other) => other !== index))}
          >
            ×
          </Button>
        </div>
      ))}
      {hours !== null && (
        <div class="actions">
          {hours.length === 0 && <p class="tone-risk">{words.closedAlways}</p>}
          <Button onClick={() => onChange([...hours, { day: 1, from: '09:00', to: '18:00' }])}>
            {words.addHours}
          </Button>
        </div>
      )}
    </>
  );
}

/** A start: each day alike. */
const WEEK: Hours[] = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '11:00', to: '23:00' }));
