import type { ComponentChildren, JSX } from 'preact';
import type { Tone } from './badge.tsx';
import { AlertIcon } from './icons.tsx';

export type BannerProps = { tone: Tone; icon?: JSX.Element; children: ComponentChildren };

/** What is true of the whole page now: offline, stale. It is read out when it comes, without taking the focus. */
export function Banner({ tone, icon = <AlertIcon />, children }: BannerProps): JSX.Element {
  return (
    <div class={`banner tone-${tone}`} role="status">
      {icon}
      <span class="banner-text">{children}</span>
    </div>
  );
}

/** What went wrong with what was asked for: read out at once. */
export function ErrorNote({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class="banner tone-late" role="alert">
      <AlertIcon />
      <span class="banner-text">{children}</span>
    </div>
  );
}

export type EmptyProps = {
  title: string;
  /** The heading that it is on this page; none by itself. */
  heading?: 'h1' | 'h2';
  children?: ComponentChildren;
};

/** Nothing there: it says what to do first. */
export function Empty({ title, heading: Title, children }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      {Title === undefined ? <p class="empty-title">{title}</p> : <Title class="empty-title">{title}</Title>}
      {children}
    </div>
  );
}
