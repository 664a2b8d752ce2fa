import type { JSX } from 'preact';
import { LANGUAGES, languageOf } from '../i18n/locale.ts';
import { wordsFor } from '../i18n/words.ts';
import { type PageAssets, renderDocument } from '../ui/document.tsx';
import { HOME_WORDS } from './words.ts';

export type RenderHomeOptions = {
  /** As `chooseLocale` gives it. */
  locale: string;
  nonce: string;
  assets: PageAssets;
  /** Where the API is reached, without a slash at the end: the examples are ready to be copied. */
  publicUrl: string;
};

/** The first page: what this is and how to try it. It has no script. */
export function renderHomePage({ locale, nonce, assets, publicUrl }: RenderHomeOptions): string {
  const words = HOME_WORDS[languageOf(locale)];
  return renderDocument({
    lang: locale,
    title: `DropMate · ${words.headline}`,
    description: words.description,
    nonce,
    assets,
    listed: true,
    children: <Home locale={locale} publicUrl={publicUrl} />,
  });
}

function Home({ locale, publicUrl }: { locale: string; publicUrl: string }): JSX.Element {
  const language = languageOf(locale);
  const words = HOME_WORDS[language];
  return (
    <div class="page">
      <header class="name">DropMate</header>
      <main>
        <section class="lead">
          <h1>{words.headline}</h1>
          <p>{words.lead}</p>
          <a class="button primary" href="/openapi.json">
            {words.api}
          </a>
        </section>
        <ul class="parts">
          {words.parts.map((part) => (
            <li key={part.title}>
              <h2>{part.title}</h2>
              <p>{part.text}</p>
            </li>
          ))}
        </ul>
        <section class="try" aria-labelledby="try">
          <h2 id="try">{words.try}</h2>
          <ol>
            <li>
              <p>{words.steps.signUp}</p>
              <Command text={signUpCommand(publicUrl)} />
            </li>
            <li>
              <p>{words.steps.order}</p>
              <Command text={orderCommand(publicUrl)} />
            </li>
            <li>
              <p>{words.steps.open}</p>
            </li>
          </ol>
        </section>
      </main>
      <footer>
        <span>{words.license}</span>
        <nav aria-label={words.language}>
          {LANGUAGES.filter((other) => other !== language).map((other) => (
            <a key={other} href={`?lang=${other}`} hreflang={other} lang={other}>
              {wordsFor(other).ownName}
            </a>
          ))}
        </nav>
      </footer>
    </div>
  );
}

function Command({ text }: { text: string }): JSX.Element {
  return (
    <pre>
      <code>{text}</code>
    </pre>
  );
}

const JSON_HEADER = "-H 'content-type: application/json'";

const signUpCommand = (url: string): string => `curl ${url}/v1/merchants ${JSON_HEADER} \\
  -d '{"name":"Café Sur","email":"you@example.com","password":"choose a long one"}'`;

const orderCommand = (url: string): string => `curl ${url}/v1/orders ${JSON_HEADER} \\
  -H "authorization: Bearer $ACCESS_TOKEN" \\
  -d '{"pickup":{"address":"Sarandí 500"},
       "dropoff":{"address":"Bulevar Artigas 1500","contact":{"name":"Lucía"}}}'`;
