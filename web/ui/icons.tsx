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

const drawn = (path: string) => (): JSX.Element => <Icon path={path} />;

export const AlertIcon = drawn('M12 4 2.8 19.5h18.4L12 4zm0 6v4m0 2.8v.2');
export const ArrowIcon = drawn('M5 12h14m-6-6 6 6-6 6');
export const BatteryIcon = drawn('M3 8h15v8H3zm18 2.5v3M6 11v2m3-2v2');
export const BellIcon = drawn('M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15L6 16zm4 4.5h4');
export const CameraIcon = drawn(
  'M4 8h3.5L9 5.5h6L16.5 8H20v11H4V8zm8 8.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
);
export const ChatIcon = drawn('M4 5h16v11H10l-4.5 3.5V16H4V5z');
export const CheckIcon = drawn('m5 12.5 4.5 4.5L19 7.5');
export const ClockIcon = drawn('M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2');
export const CloseIcon = drawn('m6 6 12 12M18 6 6 18');
export const CrossIcon = drawn('M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM9 9l6 6m0-6-6 6');
export const CloudIcon = drawn('M7 18.5a4 4 0 0 1-.6-8 6 6 0 0 1 11.4 1.2 3.5 3.5 0 0 1-.6 6.8H7z');
export const DoorIcon = drawn('M6 20V4h12v16M4 20h16m-6-8v.2');
export const DownIcon = drawn('m6 9.5 6 6 6-6');
export const GpsIcon = drawn(
  'M12 18.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zm0-16v3m0 13v3M2.5 12h3m13 0h3M12 13.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z',
);
export const ListIcon = drawn('M8 6h12M8 12h12M8 18h12M4 6h.2M4 12h.2M4 18h.2');
export const MoonIcon = drawn('M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z');
export const MoveIcon = drawn('M20 4 3.5 11l7 2.5L13 20.5 20 4z');
export const PersonIcon = drawn('M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0');
export const PlusIcon = drawn('M12 5v14M5 12h14');
export const ReturnIcon = drawn('M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v1');
export const SearchIcon = drawn('M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zm5-1.5L20.5 20.5');
export const SignalIcon = drawn('M4 18v-2m5 2v-5m5 5V9m5 9V5');
export const NoSignalIcon = drawn('M4 18v-2m5 2v-5m5 5v-3m5 3V5M3 3l18 18');
export const UpIcon = drawn('m6 14.5 6-6 6 6');
export const KeyIcon = drawn(
  'M15 4.5a4.5 4.5 0 1 0-3.8 6.9L4.5 18v2.5H8V18h2.5v-2.5l2.2-2.2A4.5 4.5 0 0 0 15 4.5zm.5 3v.2',
);
export const PenIcon = drawn('M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19 4 20zm10-13.5 3.5 3.5');
