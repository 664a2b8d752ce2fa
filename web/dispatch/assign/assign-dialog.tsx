import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { DriverRecord } from '../../../domain/orders.ts';
import { formatDistance } from '../../i18n/amounts.ts';
import type { ApiClient } from '../../session/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { VehicleIcon } from '../../ui/icons.tsx';
import { inListOrder } from '../board/driver-list.tsx';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { sayAge } from '../say-age.ts';
import { giveOrders } from './give-orders.ts';

type Suggestion = Awaited<
  ReturnType<Awaited<ReturnType<ApiClient['v1']['orders'][':id']['suggestions']['$get']>>['json']>
>['data'][number];

/** Who shall take it: the best first for one order, with the reasons, and everybody else after them. */
export function AssignDialog({ orderIds }: { orderIds: readonly string[] }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff } = dispatch;
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const suggestions = useSuggestions(dispatch, orderIds);
  const listId = useId();
  const choices = choicesOf(dispatch, orderIds, suggestions, typed);
  const chosen = choices[Math.min(at, choices.length - 1)];
  const [first] = orderIds;
  const order = dispatch.order(first ?? null);
  const what =
    orderIds.length === 1 ? words.order.name(order?.number ?? 0) : words.assign.several(orderIds.length);
  const close = (): void => dispatch.ask(null);
  const give = (driver: DriverRecord): void => {
    close();
    void giveOrders(dispatch, orderIds, driver.id);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(choices.length - 1, at + step)));
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      give(chosen.driver);
    }
  };
  const title = order?.driverId ? words.assign.handOver(what) : words.assign.title(what);
  return (
    <Dialog title={title} closeLabel={staff.close} onClose={close}>
      {dispatch.drivers.value.size === 0 ? (
        <p>{words.assign.noDrivers}</p>
      ) : (
        <>
          <input
            class="input"
            type="text"
            role="combobox"
            aria-label={words.assign.search}
            aria-expanded="true"
            aria-autocomplete="list"
            aria-controls={listId}
            aria-activedescendant={chosen && `${listId}-${chosen.driver.id}`}
            placeholder={words.assign.search}
            autoFocus
            value={typed}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={onKey}
          />
          {choices.length === 0 && <p role="status">{words.assign.none}</p>}
          <div class="choices" role="listbox" id={listId} aria-label={words.board.drivers}>
            {choices.map((choice) => (
              <Choice
                key={choice.driver.id}
                id={`${listId}-${choice.driver.id}`}
                choice={choice}
                isChosen={choice === chosen}
                onPick={() => give(choice.driver)}
              />
            ))}
          </div>
        </>
      )}
    </Dialog>
  );
}

type Choice = { driver: DriverRecord; suggestion: Suggestion | undefined };

function Choice({
  id,
  choice: { driver, suggestion },
  isChosen,
  onPick,
}: {
  id: string;
  choice: Choice;
  isChosen: boolean;
  onPick: () => void;
}): JSX.Element {
  const dispatch = useDispatch();
  const { words, times } = dispatch;
  const arrival = suggestion?.eta.dropoff;
  return (
    // The combobox above has the focus and the keys, as the ARIA pattern wants it.
    // biome-ignore lint/a11y/useFocusableInteractive: see above
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      class="choice"
      ref={(element) => {
        if (isChosen) element?.scrollIntoView({ block: 'nearest' });
      }}
      onClick={onPick}
    >
      <span class="choice-head">
        <VehicleIcon type={driver.vehicleType} />
        <b>{driver.name}</b>
        {arrival && <span class="numbers">{words.assign.arrives(times.value.range(arrival))}</span>}
      </span>
      <span class="choice-why">{why(dispatch, driver, suggestion)}</span>
    </div>
  );
}

function why(dispatch: Dispatch, driver: DriverRecord, suggestion: Suggestion | undefined): string {
  const { words, locale } = dispatch;
  const { reasons } = words.assign;
  if (suggestion === undefined) {
    const shift = driver.status === 'available' ? reasons.available : reasons.offline;
    return [shift, reasons.active_orders(dispatch.stops.value.get(driver.id) ?? 0)].join(' · ');
  }
  return suggestion.reasons
    .map((reason) => {
      switch (reason.code) {
        case 'travel':
          return reasons.travel(formatDistance(reason.metres, locale), sayAge(reason.seconds * 1000, words));
        case 'location_age':
          return reason.age < 60 ? '' : reasons.location_age(sayAge(reason.age * 1000, words));
        case 'active_orders':
          return reasons.active_orders(reason.count);
        case 'vehicle_fits':
          return '';
        default:
          return reasons[reason.code];
      }
    })
    .filter(Boolean)
    .join(' · ');
}

/** For one order, the API's; null while they are loading, or cannot be had: then the list is by name. */
function useSuggestions(dispatch: Dispatch, orderIds: readonly string[]): readonly Suggestion[] | null {
  const [found, setFound] = useState<readonly Suggestion[] | null>(null);
  const [only] = orderIds.length === 1 ? orderIds : [];
  useEffect(() => {
    if (only === undefined) return;
    const abort = new AbortController();
    dispatch.api.v1.orders[':id'].suggestions
      .$get({ param: { id: only } }, { init: { signal: abort.signal } })
      .then((answer) => answer.json())
      .then(
        ({ data }) => setFound(data),
        () => setFound(null),
      );
    return () => abort.abort();
  }, [only]);
  return found;
}

function choicesOf(
  dispatch: Dispatch,
  orderIds: readonly string[],
  suggestions: readonly Suggestion[] | null,
  typed: string,
): Choice[] {
  const [only] = orderIds.length === 1 ? orderIds : [];
  const has = dispatch.order(only ?? null)?.driverId;
  const suggested = new Map(suggestions?.map((one) => [one.driver.id, one]));
  const rank = [...suggested.keys()];
  const placeOf = ({ id }: DriverRecord): number => (suggested.has(id) ? rank.indexOf(id) : rank.length);
  const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return inListOrder(dispatch)
    .filter(({ id, name }) => id !== has && plain(name).includes(plain(typed.trim())))
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map((driver) => ({ driver, suggestion: suggested.get(driver.id) }));
}
