import type { JSX } from 'preact';
import { NoSignalIcon } from '../ui/icons.tsx';
import { Banner } from '../ui/notes.tsx';
import { useDispatch } from './dispatch.ts';
import { sayAge } from './say-age.ts';

/** Says that what is on the page may be old, and since when. Nothing while all is well. */
export function ConnectionBanner(): JSX.Element | null {
  const { connection, heardAt, now, fleet, words } = useDispatch();
  const state = connection.value;
  if (state === 'live' || state === 'connecting') return null;
  const heard = heardAt.value;
  const age = heard === null ? null : sayAge(now.value - fleet.value.clockOffset - heard, words);
  return (
    <Banner tone={state === 'refused' ? 'late' : 'risk'} icon={<NoSignalIcon />}>
      {words.connection[state]} {age !== null && words.connection.heard(age)}
    </Banner>
  );
}
