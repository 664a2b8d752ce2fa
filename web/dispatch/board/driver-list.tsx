import type { JSX } from 'preact';
import type { DriverRecord } from '../../../domain/orders.ts';
import { Button } from '../../ui/button.tsx';
import { VehicleIcon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/notes.tsx';
import { type Dispatch, useDispatch } from '../dispatch.ts';
import { sayAge } from '../say-age.ts';
import { useDriverDrop } from './use-driver-drop.ts';

/** The drivers, those on shift first. An order that is dropped on one becomes theirs. */
export function DriverList(): JSX.Element {
  const dispatch = useDispatch();
  const { words, isLoaded, stops } = dispatch;
  const drivers = inListOrder(dispatch);
  return (
    <section class="rows drivers">
      <h2>
        {words.board.drivers} <span class="numbers">{drivers.length}</span>
      </h2>
      {drivers.length === 0 && isLoaded.value && (
        <Empty title={words.board.noDrivers}>
          <p>{words.board.noDriversText}</p>
          <Button onClick={() => dispatch.go({ view: 'drivers' })}>{words.board.addDriver}</Button>
        </Empty>
      )}
      <ul>
        {drivers.map((driver) => (
          <DriverRow key={driver.id} driver={driver} stops={stops.value.get(driver.id) ?? 0} />
        ))}
      </ul>
    </section>
  );
}

/** Those on shift first, then by name. */
export function inListOrder({ drivers, locale }: Dispatch): DriverRecord[] {
  const shift = ({ status }: DriverRecord): number => (status === 'available' ? 0 : 1);
  return [...drivers.value.values()].sort(
    (a, b) => shift(a) - shift(b) || a.name.localeCompare(b.name, locale) || (a.id < b.id ? -1 : 1),
  );
}

function DriverRow({ driver, stops }: { driver: DriverRecord; stops: number }): JSX.Element {
  const dispatch = useDispatch();
  const { words, place } = dispatch;
  const { id, name, vehicleType, status } = driver;
  const isChosen = place.value.filters.driverId === id;
  const element = useDriverDrop<HTMLLIElement>(id);
  return (
    <li ref={element} class={`driver-row ${status}`} data-driver={id}>
      <button
        type="button"
        class="driver-open"
        aria-pressed={isChosen}
        title={isChosen ? words.board.everybody : words.board.onlyDriver(name)}
        onClick={() => dispatch.filter({ driverId: isChosen ? null : id })}
      >
        <VehicleIcon type={vehicleType} />
        <span class="driver-name">{name}</span>
        <span class="driver-load">
          {stops > 0
            ? words.board.stops(stops)
            : status === 'offline'
              ? words.board.offline
              : words.board.free}
        </span>
        <Seen driver={driver} />
      </button>
    </li>
  );
}

/** Older than this a location says little. */
export const STALE_MS = 120_000;

function Seen({ driver: { id, status } }: { driver: DriverRecord }): JSX.Element | null {
  const { locations, now, words } = useDispatch();
  // Looked at with each tick of the clock, not with each fix.
  const location = locations.peek().get(id);
  if (status === 'offline') return null;
  if (location === undefined) return <span class="driver-seen">{words.board.unseen}</span>;
  const age = now.value - Date.parse(location.fixedAt);
  if (age < STALE_MS) return null;
  return <span class="driver-seen stale">{words.board.seen(sayAge(age, words))}</span>;
}
