import type { JSX } from 'preact';

export type ReasonsProps<Code extends string> = {
  legend: string;
  reasons: readonly { code: Code; label: string }[];
  chosen: Code | null;
  onChoose: (code: Code) => void;
};

/** One of some reasons, each a whole row to press. */
export function Reasons<Code extends string>(props: ReasonsProps<Code>): JSX.Element {
  const { legend, reasons, chosen, onChoose } = props;
  return (
    <fieldset class="reasons">
      <legend class="hidden">{legend}</legend>
      {reasons.map(({ code, label }) => (
        <label key={code} class="reason">
          <input type="radio" name="reason" checked={chosen === code} onChange={() => onChoose(code)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
