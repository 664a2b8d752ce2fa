import type { JSX } from 'preact';
import { Dialog } from '../../ui/dialog.tsx';
import { useApp } from '../app-context.ts';
import { NAVIGATORS, navigationLink } from '../navigation.ts';
import { type DriverStop, SETTING_OFF } from '../stop.ts';

/** Opens the way in the app that the driver likes; who looks for the way has set off. */
export function NavigateSheet({ stop, onClose }: { stop: DriverStop; onClose: () => void }): JSX.Element {
  const { drive, words, staff } = useApp();
  const { order, place } = stop;
  const vehicle = drive.driver.value?.vehicleType ?? 'car';
  const setOff = (): void => {
    const status = SETTING_OFF[order.status];
    if (status !== undefined) void drive.step(order, status);
    onClose();
  };
  return (
    <Dialog title={words.navigate.title} closeLabel={staff.close} look="sheet" onClose={onClose}>
      {place.location === undefined && <p class="hint">{words.navigate.noLocation}</p>}
      <ul class="list">
        {NAVIGATORS.map((app) => (
          <li key={app}>
            <a
              class="button wide"
              href={navigationLink(app, place, vehicle)}
              target="_blank"
              rel="noopener noreferrer"
              onClick={setOff}
            >
              {words.navigate[app]}
            </a>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
