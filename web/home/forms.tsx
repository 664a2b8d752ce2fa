import { type ComponentChildren, createRef, type JSX, type TargetedInputEvent } from 'preact';
import { useState } from 'preact/hooks';
import { problemText } from '../i18n/staff-words.ts';
import { openApi } from '../session/api.ts';
import { type ApiProblem, problemOfFailure } from '../session/problem.ts';
import { keepSession, type SessionAnswer } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Field, focusFirstError } from '../ui/field.tsx';
import { ErrorNote } from '../ui/notes.tsx';
import { localDefaults, pageOf } from './sign-in.ts';
import type { HomeWords } from './words.ts';

export type FormProps = { locale: string; words: HomeWords };

const MIN_PASSWORD = 8;

type Errors<Name extends string> = Partial<Record<Name | 'form', string>>;

/** What all forms here share: what was typed stays, one request at a time, and the first wrong field gets the focus. */
function useForm<Name extends string>(options: {
  values: Record<Name, string>;
  check: (values: Record<Name, string>) => Errors<Name>;
  send: (values: Record<Name, string>) => Promise<void>;
  explain: (problem: ApiProblem) => Errors<Name>;
}) {
  const [form] = useState(() => createRef<HTMLFormElement>());
  const [values, setValues] = useState(options.values);
  const [errors, setErrors] = useState<Errors<Name>>({});
  const [busy, setBusy] = useState(false);
  const refuse = (found: Errors<Name>): void => {
    setErrors(found);
    focusFirstError(form.current);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const found = options.check(values);
    if (Object.keys(found).length > 0) return refuse(found);
    setBusy(true);
    setErrors({});
    try {
      await options.send(values);
    } catch (error) {
      refuse(options.explain(problemOfFailure(error)));
    } finally {
      setBusy(false);
    }
  };
  const field = (name: Name) => ({
    name,
    value: values[name],
    error: errors[name],
    onInput: (event: TargetedInputEvent<HTMLInputElement>) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  return { form, errors, busy, values, submit: (event: Event) => void submit(event), field };
}

function enter(answer: SessionAnswer): void {
  keepSession(answer);
  location.assign(pageOf(answer.user));
}

const isEmail = (value: string): boolean => /^\S+@\S+\.\S+$/.test(value.trim());
const emailError = (words: HomeWords, value: string) =>
  value.trim() === '' ? words.missing : isEmail(value) ? undefined : words.notAnEmail;
/** Only what is wrong. */
const only = <Name extends string>(errors: Record<Name, string | undefined>): Errors<Name> =>
  // What is left are strings.
  Object.fromEntries(Object.entries(errors).filter(([, error]) => error !== undefined)) as Errors<Name>;

type FrameProps = {
  form: ReturnType<typeof useForm>['form'];
  onSubmit: (event: Event) => void;
  error: string | undefined;
  children: ComponentChildren;
};

/** `noValidate`: a browser's own bubbles are not in the page's language, and vanish. */
function Form({ form, onSubmit, error, children }: FrameProps): JSX.Element {
  return (
    <form class="form" ref={form} noValidate method="post" onSubmit={onSubmit}>
      {error !== undefined && <ErrorNote>{error}</ErrorNote>}
      {children}
    </form>
  );
}

export function LogInForm({ locale, words, onForgot }: FormProps & { onForgot: () => void }): JSX.Element {
  const { form, errors, busy, submit, field } = useForm({
    values: { email: '', password: '' },
    check: ({ email, password }) =>
      only({
        email: emailError(words, email),
        password: password === '' ? words.missing : undefined,
      }),
    send: async ({ email, password }) =>
      enter(await (await openApi(null).v1.auth.login.$post({ json: { email, password } })).json()),
    explain: (problem) => ({
      form: problem.status === 401 ? words.wrongLogIn : problemText(problem, locale),
    }),
  });
  return (
    <Form form={form} onSubmit={submit} error={errors.form}>
      <Field id="log-in-email" label={words.email} type="email" autoComplete="username" {...field('email')} />
      <Password
        id="log-in-password"
        words={words}
        label={words.password}
        autoComplete="current-password"
        {...field('password')}
      />
      <Button type="submit" look="primary" busy={busy}>
        {words.logIn}
      </Button>
      <Button look="quiet" onClick={onForgot}>
        {words.forgot}
      </Button>
    </Form>
  );
}

export function SignUpForm({ locale, words }: FormProps): JSX.Element {
  const { form, errors, busy, submit, field } = useForm({
    values: { name: '', email: '', password: '' },
    check: ({ name, email, password }) =>
      only({
        name: name.trim() === '' ? words.missing : undefined,
        email: emailError(words, email),
        password: password.length < MIN_PASSWORD ? words.passwordTooShort : undefined,
      }),
    send: async (values) => {
      const json = { ...values, ...localDefaults(locale) };
      enter(await (await openApi(null).v1.merchants.$post({ json })).json());
    },
    explain: (problem) => {
      if (problem.status === 409) return { email: words.emailTaken };
      if (problem.status === 403) return { form: words.signUpClosed };
      if (problem.fieldError('email') !== undefined) return { email: words.notAnEmail };
      return { form: problemText(problem, locale) };
    },
  });
  return (
    <Form form={form} onSubmit={submit} error={errors.form}>
      <Field
        id="sign-up-name"
        label={words.shop}
        hint={words.shopHint}
        autoComplete="organization"
        {...field('name')}
      />
      <Field
        id="sign-up-email"
        label={words.email}
        type="email"
        autoComplete="username"
        {...field('email')}
      />
      <Password
        id="sign-up-password"
        words={words}
        label={words.password}
        hint={words.passwordHint}
        autoComplete="new-password"
        {...field('password')}
      />
      <Button type="submit" look="primary" busy={busy}>
        {words.signUp}
      </Button>
    </Form>
  );
}

export function ForgotForm({ locale, words, onSent }: FormProps & { onSent: (email: string) => void }) {
  const { form, errors, busy, submit, field } = useForm({
    values: { email: '' },
    check: ({ email }) => only({ email: emailError(words, email) }),
    send: async ({ email }) => {
      await openApi(null).v1.auth.password.forgot.$post({ json: { email } });
      onSent(email.trim());
    },
    explain: (problem) => ({ form: problemText(problem, locale) }),
  });
  return (
    <Form form={form} onSubmit={submit} error={errors.form}>
      <Field id="forgot-email" label={words.email} type="email" autoComplete="username" {...field('email')} />
      <Button type="submit" look="primary" busy={busy}>
        {words.sendLink}
      </Button>
    </Form>
  );
}

export type LinkFormProps = FormProps & { token: string; onGone: () => void };

/** A driver needs no password; whether one is needed only the answer says, for the link does not tell the role. */
export function InviteForm({ locale, words, token, onGone }: LinkFormProps): JSX.Element {
  const [isManager, setManager] = useState(false);
  const { form, errors, busy, submit, field } = useForm({
    values: { password: '' },
    check: ({ password }) =>
      only({
        password:
          password.length < MIN_PASSWORD && (isManager || password !== '')
            ? words.passwordTooShort
            : undefined,
      }),
    send: async ({ password }) => {
      const json = password === '' ? { token } : { token, password };
      enter(await (await openApi(null).v1.auth.invite.$post({ json })).json());
    },
    explain: (problem) => {
      if (problem.status === 404) onGone();
      if (problem.fieldError('password') === undefined) return { form: problemText(problem, locale) };
      setManager(true);
      return { password: words.passwordForManagers };
    },
  });
  return (
    <Form form={form} onSubmit={submit} error={errors.form}>
      <Password
        id="invite-password"
        words={words}
        label={words.password}
        hint={isManager ? words.passwordHint : words.passwordOptional}
        autoComplete="new-password"
        {...field('password')}
      />
      <Button type="submit" look="primary" busy={busy}>
        {words.accept}
      </Button>
    </Form>
  );
}

export function ResetForm({ locale, words, token, onGone }: LinkFormProps): JSX.Element {
  const { form, errors, busy, submit, field } = useForm({
    values: { password: '' },
    check: ({ password }) =>
      only({ password: password.length < MIN_PASSWORD ? words.passwordTooShort : undefined }),
    send: async ({ password }) =>
      enter(await (await openApi(null).v1.auth.password.reset.$post({ json: { token, password } })).json()),
    explain: (problem) => {
      if (problem.status === 404) onGone();
      return { form: problemText(problem, locale) };
    },
  });
  return (
    <Form form={form} onSubmit={submit} error={errors.form}>
      <Password
        id="reset-password"
        words={words}
        label={words.newPassword}
        hint={words.passwordHint}
        autoComplete="new-password"
        {...field('password')}
      />
      <Button type="submit" look="primary" busy={busy}>
        {words.savePassword}
      </Button>
    </Form>
  );
}

type PasswordProps = Omit<Parameters<typeof Field>[0], 'type'> & { words: HomeWords };

/** On a phone a hidden password is mistyped more often than seen by others. */
function Password({ words, ...field }: PasswordProps): JSX.Element {
  const [shown, setShown] = useState(false);
  return (
    <div class="password">
      <Field type={shown ? 'text' : 'password'} autoCapitalize="none" spellcheck={false} {...field} />
      <label class="check">
        <input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
        {words.showPassword}
      </label>
    </div>
  );
}
