import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { LANGUAGES } from '../../../domain/notifications.ts';
import type { Merchant } from '../../../functions/accounts/merchant.ts';
import { brandCss } from '../../ui/brand.ts';
import { Button } from '../../ui/button.tsx';
import { Field, focusFirstError, Select } from '../../ui/field.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { say } from '../../ui/toast.tsx';
import { useDispatch } from '../dispatch.ts';
import { Form } from '../form.tsx';
import { LoadedView } from '../loaded-view.tsx';
import { useAction } from '../use-action.ts';
import { useLoaded } from '../use-loaded.ts';
import { PlaceField } from '../write/place-field.tsx';
import { settingsWords } from './words.ts';

/** Name, place and looks of the business. */
export function BusinessTab(): JSX.Element {
  const { api } = useDispatch();
  const merchant = useLoaded(
    async (signal) => (await api.v1.merchants.me.$get({}, { init: { signal } })).json(),
    [],
  );
  return <LoadedView loaded={merchant}>{(value) => <BusinessForm merchant={value} />}</LoadedView>;
}

const TEXTS = ['name', 'phone', 'timezone', 'currency', 'preparationMinutes', 'logoUrl', 'color'] as const;

function BusinessForm({ merchant }: { merchant: Merchant }): JSX.Element {
  const dispatch = useDispatch();
  const { api, locale, staff } = dispatch;
  const words = settingsWords(locale);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, problem, run } = useAction();
  const [typed, setTyped] = useState({
    name: merchant.name,
    phone: merchant.phone ?? '',
    timezone: merchant.timezone,
    currency: merchant.currency,
    preparationMinutes: `${merchant.preparationMinutes}`,
    logoUrl: merchant.logoUrl ?? '',
    color: merchant.color ?? '',
  });
  const [language, setLanguage] = useState(merchant.language.slice(0, 2));
  const [address, setAddress] = useState(merchant.pickup?.address ?? '');
  const [location, setLocation] = useState(merchant.pickup?.location ?? null);

  const save = (): Promise<void> =>
    run(async () => {
      const { pickup } = merchant;
      const isMoved = address.trim() !== (pickup?.address ?? '');
      const place = location === null || (isMoved && location === pickup?.location) ? {} : { location };
      const { location: _, ...rest } = pickup ?? { address: '' };
      const saved = await (
        await api.v1.merchants.me.$patch({
          json: {
            name: typed.name.trim(),
            phone: typed.phone.trim() || null,
            timezone: typed.timezone.trim(),
            currency: typed.currency.trim().toUpperCase(),
            preparationMinutes: Number(typed.preparationMinutes),
            logoUrl: typed.logoUrl.trim() || null,
            color: typed.color.trim() || null,
            language,
            pickup: address.trim() === '' ? null : { ...rest, address: address.trim(), ...place },
          },
        })
      ).json();
      dispatch.merchant.value = saved;
      setLocation(saved.pickup?.location ?? null);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(brandCss(saved.color));
      document.adoptedStyleSheets = [sheet];
      say(words.saved);
    }).then(() => focusFirstError(form.current));

  const hints: Partial<Record<(typeof TEXTS)[number], string>> = {
    timezone: words.business.timezoneHint,
    currency: words.business.currencyHint,
    logoUrl: words.business.logoHint,
    color: words.business.colorHint,
  };
  return (
    <Form form={form} onSubmit={save} isNarrow>
      {problem !== null && <ErrorNote>{dispatch.explain(problem)}</ErrorNote>}
      {TEXTS.map((key) => (
        <Field
          key={key}
          id={`business-${key}`}
          label={words.business[key]}
          hint={hints[key]}
          error={problem?.fieldError(key)}
          {...(key === 'preparationMinutes' && { type: 'number' as const, min: 0, max: 1440 })}
          value={typed[key]}
          onInput={(event) => setTyped({ ...typed, [key]: event.currentTarget.value })}
        />
      ))}
      <Select
        id="business-language"
        label={words.business.language}
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: words.notifications.languages[value] }))}
        onChange={setLanguage}
      />
      <Field
        id="business-address"
        label={words.business.address}
        hint={words.business.addressHint}
        error={problem?.fieldError('pickup')}
        value={address}
        onInput={(event) => setAddress(event.currentTarget.value)}
      />
      <PlaceField at={location} onPlace={setLocation} />
      <div class="actions">
        <Button type="submit" look="primary" busy={isBusy}>
          {staff.save}
        </Button>
      </div>
    </Form>
  );
}
