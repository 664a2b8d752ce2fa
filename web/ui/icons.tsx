import type { JSX } from 'preact';
import type { VehicleType } from '../../domain/orders.ts';

const PHONE =
  'M6.6 3.5 9 4l1 4-2 1.6a12 12 0 0 0 6.4 6.4L16 14l4 1 .5 2.4c.2 1-.5 2.1-1.6 2.1C11 19.5 4.5 13 4.5 5.1c0-1.1 1.1-1.8 2.1-1.6z';

const VEHICLES: Record<VehicleType, string> = {
  bicycle:
    'M6 20a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm12 0a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM6 16l3.5-7h6L18 16m-8.5-7 3 7 3-7M8 6h3m4.5 3L14.5 5H17',
  motorcycle:
    'M5.5 20a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm13 0a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5.5 16.5H12l3-6.5H6.5L4 8m11 2-1.5-4H17m-2 4 3.5 6.5',
  car: 'M4 16v-4l2-5.5h12l2 5.5v4H4zm0-4h16M7.5 18.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zm9 0a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  van: 'M3 16V7h11v9H3zm11-6h4l3 3.5V16h-7v-6zM7 18.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zm10 0a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  foot: 'M13 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM9 21l2-6 3 2.5V21m-3-6 .5-6.5L8 10.5V14m3.5-5.5 2.5.5 1 3 3 1',
};

/** Icons are drawn beside words, never instead of them, so assistive technology skips them. */
function Icon({ path }: { path: string }): JSX.Element {
  return (
    <svg class="icon" aria-hidden="true" viewBox="0 0 24 24" width="20" height="20">
      <path d={path} />
    </svg>
  );
}

export const PhoneIcon = (): JSX.Element => <Icon path={PHONE} />;
export const VehicleIcon = ({ type }: { type: VehicleType }): JSX.Element => <Icon path={VEHICLES[type]} />;
