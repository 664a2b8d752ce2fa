import type { ComponentChildren, JSX, PartialInputHTMLAttributes, TextareaHTMLAttributes } from 'preact';

type Around = {
  /** Unique on the page; the hint's and error's ids come of it. */
  id: string;
  label: string;
  hint?: string | undefined;
  /** Shown below and read out with the field. */
  error?: string | undefined;
};

type InputType =
  | 'date'
  | 'datetime-local'
  | 'email'
  | 'number'
  | 'password'
  | 'search'
  | 'tel'
  | 'text'
  | 'time'
  | 'url';
export type FieldProps = Around & { type?: InputType } & Omit<
    PartialInputHTMLAttributes<HTMLInputElement>,
    'id' | 'label' | 'list' | 'role' | 'type'
  >;

/** A labelled input. What is wrong stands below it and is tied to it; what was typed stays. */
export function Field({ id, label, hint, error, type = 'text', ...rest }: FieldProps): JSX.Element {
  // To its types an input's type decides which roles and lists it may have; a field has none.
  const input = { ...rest, type: type as 'text' };
  return (
    <FieldFrame {...{ id, label, hint, error }}>
      <input class="input" id={id} {...describedBy({ id, hint, error })} {...input} />
    </FieldFrame>
  );
}

export type TextAreaProps = Around & Omit<TextareaHTMLAttributes, 'id' | 'label'>;

export function TextArea({ id, label, hint, error, ...area }: TextAreaProps): JSX.Element {
  return (
    <FieldFrame {...{ id, label, hint, error }}>
      <textarea class="input" id={id} rows={3} {...describedBy({ id, hint, error })} {...area} />
    </FieldFrame>
  );
}

export type SelectProps = Around & {
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  required?: boolean | undefined;
  name?: string | undefined;
};

export function Select({ id, label, hint, error, options, onChange, ...select }: SelectProps): JSX.Element {
  return (
    <FieldFrame {...{ id, label, hint, error }}>
      <select
        class="input"
        id={id}
        {...describedBy({ id, hint, error })}
        {...select}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

/** For an input of one's own: pass it as the child, with `describedBy(…)` spread into it. */
export function FieldFrame({ id, label, hint, error, children }: Around & { children: ComponentChildren }) {
  return (
    <div class={error === undefined ? 'field' : 'field has-error'}>
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

export function describedBy({ id, hint, error }: Pick<Around, 'id' | 'hint' | 'error'>) {
  const ids = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`];
  return {
    'aria-describedby': ids.filter((one) => one !== '').join(' ') || undefined,
    'aria-invalid': error !== undefined,
  };
}

/** Moves to the first wrong field of a form after its errors were drawn. */
export function focusFirstError(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const wrong = form?.querySelector<HTMLElement>('[aria-invalid=true]');
    wrong?.focus();
  });
}
