import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Location } from '../../../domain/geo.ts';
import { formatDistance, formatMoney } from '../../i18n/amounts.ts';
import type { ApiClient } from '../../session/api.ts';
import { type ApiProblem, problemOfFailure } from '../../session/problem.ts';
import { Button } from '../../ui/button.tsx';
import { SearchIcon } from '../../ui/icons.tsx';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { type Draft, windowOf } from './draft.ts';

export type Quote = Awaited<ReturnType<Awaited<ReturnType<ApiClient['v1']['quotes']['$post']>>['json']>>;

type Props = {
  draft: Draft;
  zone: string;
  /** Only a new order takes a quote; for one that is there the address is looked up alone. */
  isNew: boolean;
  quote: Quote | null;
  onQuote: (quote: Quote | null) => void;
  onPlace: (at: Location) => void;
};

/** Looks the address up and asks what the delivery costs: a quote does both. It says what came of it. */
export function QuoteField({ draft, zone, isNew, quote, onQuote, onPlace }: Props): JSX.Element {
  const dispatch = useDispatch();
  const { words, api } = dispatch;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [found, setFound] = useState<string | null>(null);
  const address = draft.address.trim();
  const ask = async (location: Location | null): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await api.v1.quotes.$post({
        header: {},
        json: {
          dropoff: location === null ? { address } : { address, location },
          ...windowOf(draft, zone),
        },
      });
      const quoted = await answer.json();
      setFound(address);
      onPlace(quoted.dropoff);
      onQuote(isNew ? quoted : null);
    } catch (error) {
      setProblem(problemOfFailure(error));
      onQuote(null);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="quote-field">
      <div class="actions">
        <Button icon={<SearchIcon />} busy={isBusy} disabled={address === ''} onClick={() => void ask(null)}>
          {words.write.find}
        </Button>
        {isNew && draft.location !== null && (
          <Button busy={isBusy} disabled={address === ''} onClick={() => void ask(draft.location)}>
            {words.write.quote}
          </Button>
        )}
      </div>
      <p class="hint" role="status">
        {problem === null ? sayPlace(dispatch, draft, found) : sayRefusal(dispatch, problem)}
      </p>
      {quote !== null && (
        <p class="quoted">
          <b class="numbers">
            {words.write.quoted(
              formatMoney(quote.fee, quote.currency, dispatch.locale),
              formatDistance(quote.distance, dispatch.locale),
            )}
          </b>{' '}
          {[
            quote.zone && words.write.quotedZone(quote.zone.name),
            words.write.arrival(dispatch.times.value.range(quote.eta.dropoff)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </div>
  );
}

function sayPlace({ words }: Dispatch, draft: Draft, found: string | null): string {
  if (draft.location === null) return words.write.noPlace;
  return found === draft.address.trim() ? words.write.found : words.write.placed;
}

function sayRefusal(dispatch: Dispatch, problem: ApiProblem): string {
  const { words, times } = dispatch;
  const { reason, opensAt, earliest } = problem.extra;
  const time = (value: unknown): string | null =>
    typeof value === 'string' ? times.value.clock(value) : null;
  switch (reason) {
    case 'not_found':
      return words.write.notFound;
    case 'outside_zones':
      return `${words.write.outside} ${words.write.without}`;
    case 'closed':
      return `${words.write.closed(time(opensAt))} ${words.write.without}`;
    case 'too_soon':
      return `${words.write.tooSoon(time(earliest) ?? '')} ${words.write.without}`;
    default:
      return dispatch.explain(problem);
  }
}
