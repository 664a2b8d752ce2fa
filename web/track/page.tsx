import type { JSX } from 'preact';
import { formatDistance, formatMoney } from '../i18n/amounts.ts';
import { LANGUAGES, languageOf } from '../i18n/locale.ts';
import { type Times, timesFor } from '../i18n/times.ts';
import { type TrackingWords, wordsFor } from '../i18n/words.ts';
import { metresBetween } from '../map/projection.ts';
import type { Tiles } from '../map/tiles.ts';
import { PhoneIcon, VehicleIcon } from '../ui/icons.tsx';
import { type Headline, headlineOf } from './headline.ts';
import { type LoadMap, MapBox } from './map-box.tsx';
import { shownLocation, showsMap, type TrackingState } from './state.ts';
import { isExplained, isOver, type ShownStep, shownSteps } from './steps.ts';
import type { MerchantForCustomer, TrackingView } from './view.ts';

/** What the page is drawn from. `now` is the server's time as far as known, in milliseconds since 1970. */
export type TrackingPageProps = {
  state: TrackingState;
  locale: string;
  timeZone: string;
  now: number;
  /** Null where the operator has named none: the page has no map then. */
  tiles: Tiles | null;
  loadMap?: LoadMap;
};

/** A position older than this is no longer where the driver is. */
const STALE_MS = 30_000;

/** The whole page, the same on the server and in the browser. */
export function TrackingPage(props: TrackingPageProps): JSX.Element {
  const { state, locale, timeZone, now, tiles, loadMap } = props;
  const words = wordsFor(locale);
  const times = timesFor(locale, timeZone);
  const headline = headlineOf(state, { words, times, now });
  const withMap = showsMap(state);
  // Then the shop's number is the first thing to reach for.
  const urgent = isExplained(state.order.status) || headline.tone === 'late';
  const location = shownLocation(state);
  const cutOff = state.connection === 'offline' || state.connection === 'reconnecting';
  const stale = cutOff || (location !== null && now - Date.parse(location.fixedAt) > STALE_MS);
  return (
    <div class="page" data-connection={state.connection}>
      <ShopHeader merchant={state.merchant} />
      <main class={withMap ? 'with-map' : 'without-map'}>
        <Answer state={state} headline={headline} words={words} urgent={urgent} />
        <Steps state={state} words={words} times={times} now={now} />
        {withMap && (
          <section class="map" aria-label={words.label.map}>
            {tiles && <MapBox view={state} tiles={tiles} words={words} stale={stale} loadMap={loadMap} />}
            <DriverLine view={state} words={words} locale={locale} now={now} stale={stale} />
          </section>
        )}
        <Details state={state} words={words} locale={locale} called={urgent} />
      </main>
      <Footer locale={locale} words={words} />
      <p class="trouble" role="status">
        {troubleOf(state.connection, words)}
      </p>
      <p class="hidden" role="status" data-testid="announcement">
        {state.announced && `${words.steps[state.announced]}. ${headline.sentence}`}
      </p>
    </div>
  );
}

/** The document's title: the answer before the shop's name, for a tab is narrow. */
export function pageTitle({ state, locale, timeZone, now }: TrackingPageProps): string {
  const speech = { words: wordsFor(locale), times: timesFor(locale, timeZone), now };
  return `${headlineOf(state, speech).title} · ${state.merchant.name}`;
}

function ShopHeader({ merchant }: { merchant: MerchantForCustomer }): JSX.Element {
  const { name, logoUrl } = merchant;
  return (
    <header class="shop">
      {logoUrl !== null && /^(https?:\/\/|\/)/.test(logoUrl) && <img src={logoUrl} alt="" height="32" />}
      {name}
    </header>
  );
}

type AnswerProps = { state: TrackingState; headline: Headline; words: TrackingWords; urgent: boolean };

function Answer({ state, headline, words, urgent }: AnswerProps): JSX.Element {
  const { order, merchant } = state;
  const explained = isExplained(order.status);
  const [before, after] = headline.time === null ? [headline.title, ''] : headline.title.split(headline.time);
  return (
    <section class={`answer tone-${headline.tone}`}>
      <h1>
        {before}
        {headline.time !== null && <span class="time">{headline.time}</span>}
        {after}
      </h1>
      <p class="sentence">{headline.sentence}</p>
      {explained && order.reason !== null && (
        <p class="reason">
          {words.label.reason}: {order.reason}
        </p>
      )}
      {urgent && <CallButton merchant={merchant} words={words} primary />}
    </section>
  );
}

function troubleOf(connection: TrackingState['connection'], { live }: TrackingWords): string | null {
  switch (connection) {
    case 'reconnecting':
      return live.reconnecting;
    case 'offline':
      return live.offline;
    case 'gone':
      return live.gone;
    default:
      return null;
  }
}

function CallButton(props: { merchant: MerchantForCustomer; words: TrackingWords; primary?: boolean }) {
  const { merchant, words, primary } = props;
  const number = merchant.phone?.replace(/[^+\d]/g, '');
  if (!number) return null;
  return (
    <a class={primary ? 'button primary' : 'button'} href={`tel:${number}`}>
      <PhoneIcon />
      {words.call(merchant.name)}
    </a>
  );
}

type StepsProps = { state: TrackingState; words: TrackingWords; times: Times; now: number };

function Steps({ state, words, times, now }: StepsProps): JSX.Element {
  return (
    <ol class="steps" aria-label={words.label.progress}>
      {shownSteps(state.order).map((step) => (
        <li
          key={step.status}
          class={`step ${step.state}${isExplained(step.status) ? ' ended' : ''}`}
          aria-current={step.state === 'current' ? 'step' : undefined}
        >
          <StepDot step={step} />
          <span class="word">{words.steps[step.status]}</span>
          <span class="hidden">, {step.state === 'later' ? words.label.notYet : words.label.done} </span>
          {step.at !== null && (
            <time dateTime={step.at}>
              {times.day(step.at, now)} {times.clock(step.at)}
            </time>
          )}
        </li>
      ))}
    </ol>
  );
}

function StepDot({ step }: { step: ShownStep }): JSX.Element {
  const reached = step.state !== 'later';
  const mark = isExplained(step.status) ? 'm7 7 6 6m0-6-6 6' : 'm6 10.3 2.8 2.7L14 7.5';
  return (
    <svg class="dot" aria-hidden="true" viewBox="0 0 20 20">
      <circle cx="10" cy="10" r={reached ? 9 : 6} />
      {reached && <path class="mark" d={mark} />}
    </svg>
  );
}

type DriverLineProps = {
  view: TrackingView;
  words: TrackingWords;
  locale: string;
  now: number;
  stale: boolean;
};

function DriverLine({ view, words, locale, now, stale }: DriverLineProps): JSX.Element | null {
  const { driver, order } = view;
  const location = shownLocation(view);
  if (driver === null) return null;
  const metres = location && order.dropoff.location && metresBetween(location, order.dropoff.location);
  return (
    <div class="driver">
      <span class="who">
        <VehicleIcon type={driver.vehicleType} />
        {driver.name} · {words.vehicles[driver.vehicleType]}
      </span>
      {location !== null && (
        <span class="age" data-testid="age">
          {(stale ? words.live.lastSeen : words.live.updated)(ageOf(location.fixedAt, now, words))}
          {metres !== null && !stale && ` · ${words.live.away(formatDistance(metres, locale))}`}
        </span>
      )}
      <a class="reload" href={`?lang=${languageOf(locale)}`}>
        {words.label.reload}
      </a>
    </div>
  );
}

function ageOf(instant: string, now: number, { live }: TrackingWords): string {
  // Clocks differ by a little: a position from the future is a position from now.
  const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1000));
  if (seconds < 60) return live.seconds(seconds);
  if (seconds < 3600) return live.minutes(Math.floor(seconds / 60));
  return live.hours(Math.floor(seconds / 3600));
}

type DetailsProps = { state: TrackingState; words: TrackingWords; locale: string; called: boolean };

function Details({ state, words, locale, called }: DetailsProps): JSX.Element {
  const { order, merchant } = state;
  const { label } = words;
  const money = (amount: number): string => formatMoney(amount, order.currency, locale);
  const rows: [string, string | null][] = [
    [label.to, [order.dropoff.name, order.dropoff.address].filter(Boolean).join('\n')],
    [label.pin, state.pin && !isOver(order.status) ? state.pin : null],
    [label.instructions, order.dropoff.instructions],
    [label.cash, order.cashOnDelivery && !isOver(order.status) ? money(order.cashOnDelivery) : null],
    [label.total, order.total === null ? null : money(order.total)],
    [label.from, order.pickup.address],
  ];
  return (
    <section class="details" aria-labelledby="details">
      <h2 id="details">{label.order(order.number)}</h2>
      <dl>
        {rows.map(([term, text]) => text && <Row key={term} term={term} text={text} />)}
        {order.items.length > 0 && (
          <div>
            <dt>{label.items}</dt>
            <dd>
              <ul class="items">
                {order.items.map((item, index) => (
                  <li key={index}>
                    <span class="quantity">{item.quantity} ×</span>
                    {item.name}
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
      {!called && <CallButton merchant={merchant} words={words} />}
    </section>
  );
}

function Row({ term, text }: { term: string; text: string }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}

/** The same page in the other languages. */
export function Footer({ locale, words }: { locale: string; words: TrackingWords }): JSX.Element {
  return (
    <footer>
      <nav aria-label={words.label.otherLanguage}>
        {LANGUAGES.filter((language) => language !== languageOf(locale)).map((language) => (
          <a key={language} href={`?lang=${language}`} hreflang={language} lang={language}>
            {wordsFor(language).ownName}
          </a>
        ))}
      </nav>
    </footer>
  );
}
