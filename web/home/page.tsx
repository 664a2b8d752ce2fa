import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from '../i18n/dictionary.ts';
import { LANGUAGES, languageOf } from '../i18n/locale.ts';
import { LANGUAGE_NAMES } from '../i18n/locale-names.ts';
import { readStored, type SessionUser, SLOTS } from '../session/storage.ts';
import { Tabs } from '../ui/tabs.tsx';
import { ForgotForm, InviteForm, LogInForm, ResetForm, SignUpForm } from './forms.tsx';
import type { HomePageData } from './page-data.ts';
import { pageOf } from './sign-in.ts';
import { HOME_WORDS, type HomeWords } from './words.ts';

/** The same on the server and in the browser. `children` stand below the account, and are no script's business. */
export function HomePage({ data }: { data: HomePageData }): JSX.Element {
  const { locale, door } = data;
  const words = wordsOf(HOME_WORDS, locale);
  return (
    <div class="page">
      <header class="top">
        <a class="name" href="/">
          DropMate
        </a>
        <nav aria-label={words.language}>
          {LANGUAGES.filter((other) => other !== languageOf(locale)).map((other) => (
            <a key={other} href={`?lang=${other}`} hreflang={other} lang={other}>
              {LANGUAGE_NAMES[other]}
            </a>
          ))}
        </nav>
      </header>
      <main class={door.kind === 'home' ? 'home' : 'link'}>
        {door.kind === 'home' ? <Start data={data} words={words} /> : <Link data={data} words={words} />}
      </main>
      <footer>
        <span>{words.license}</span>
        <a href="/docs">{words.api}</a>
      </footer>
    </div>
  );
}

type PartProps = { data: HomePageData; words: HomeWords };

function Start({ data, words }: PartProps): JSX.Element {
  return (
    <>
      <div class="hero">
        <section class="lead">
          <h1>{words.headline}</h1>
          <p>{words.lead}</p>
        </section>
        <Account data={data} words={words} />
      </div>
      <ul class="parts">
        {words.parts.map((part) => (
          <li key={part.title}>
            <h2>{part.title}</h2>
            <p>{part.text}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

type View = 'log-in' | 'sign-up' | 'forgot';
const VIEWS: readonly View[] = ['log-in', 'sign-up', 'forgot'];

function Account({ data, words }: PartProps): JSX.Element {
  const { locale } = data;
  const [view, setView] = useState<View>('log-in');
  const [sentTo, setSentTo] = useState<string | null>(null);
  useEffect(() => {
    // A link may lead to one of them: /#sign-up.
    const show = (): void => {
      const asked = VIEWS.find((name) => `#${name}` === location.hash);
      if (asked !== undefined) setView(asked);
    };
    show();
    addEventListener('hashchange', show);
    return () => removeEventListener('hashchange', show);
  }, []);
  const tabs = [
    { name: 'log-in', label: words.logIn },
    ...(data.signUp ? [{ name: 'sign-up', label: words.signUp } as const] : []),
    ...(view === 'forgot' ? [{ name: 'forgot', label: words.forgot } as const] : []),
  ] as const;
  return (
    <section class="account" aria-label={words.account}>
      <SignedIn words={words} />
      <noscript>
        <p>{words.needsScript}</p>
      </noscript>
      <Tabs<View> label={words.account} tabs={tabs} selected={view} onSelect={setView}>
        {view === 'log-in' && <LogInForm locale={locale} words={words} onForgot={() => setView('forgot')} />}
        {view === 'sign-up' && <SignUpForm locale={locale} words={words} />}
        {view === 'forgot' && sentTo === null && (
          <ForgotForm locale={locale} words={words} onSent={setSentTo} />
        )}
        {view === 'forgot' && sentTo !== null && (
          <div class="form" role="status">
            <h2>{words.linkSent}</h2>
            <p>{words.linkSentText(sentTo)}</p>
          </div>
        )}
      </Tabs>
    </section>
  );
}

/** Who has a session in this browser goes straight on. Known to the browser alone, so it comes after the first drawing. */
function SignedIn({ words }: { words: HomeWords }): JSX.Element | null {
  const [users, setUsers] = useState<readonly SessionUser[]>([]);
  useEffect(() => {
    setUsers(SLOTS.map((slot) => readStored(localStorage, slot)?.user).filter((user) => user !== undefined));
  }, []);
  if (users.length === 0) return null;
  return (
    <ul class="signed-in">
      {users.map((user) => (
        <li key={user.id}>
          <span>{words.signedInAs(user.name)}</span>
          <a class="button primary" href={pageOf(user)}>
            {user.role === 'driver' ? words.openDrive : words.openDispatch}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Link({ data: { locale, door }, words }: PartProps): JSX.Element | null {
  const [gone, setGone] = useState(false);
  if (door.kind === 'home') return null;
  const props = { locale, words, token: door.token, onGone: () => setGone(true) };
  if (door.kind === 'invite') {
    return gone ? (
      <Card title={words.inviteGone} text={words.inviteGoneText}>
        <a class="button" href="/">
          {words.backToStart}
        </a>
      </Card>
    ) : (
      <Card title={words.invited} text={words.invitedText}>
        <InviteForm {...props} />
      </Card>
    );
  }
  return gone ? (
    <Card title={words.resetGone} text={words.resetGoneText}>
      <a class="button" href="/#forgot">
        {words.forgot}
      </a>
    </Card>
  ) : (
    <Card title={words.reset} text={words.resetText}>
      <ResetForm {...props} />
    </Card>
  );
}

type CardProps = { title: string; text: string; children: ComponentChildren };

function Card({ title, text, children }: CardProps): JSX.Element {
  return (
    <section class="account">
      <h1>{title}</h1>
      <p>{text}</p>
      {children}
    </section>
  );
}
