import { distance, type Location } from '../../domain/geo.ts';
import type { VehicleType } from '../../domain/orders.ts';
import type { City } from './city.ts';
import type { Random } from './random.ts';
import type { Router } from './router.ts';
import { houseNumbers } from './street-names.ts';
import { at, metresPerUnit, toLngLat, toWorld } from './world.ts';

/** The demo's cast. Drivers are known again by their names after a restart. */
export const DRIVERS: { name: string; vehicleType: VehicleType }[] = [
  { name: 'Ana Pereira', vehicleType: 'bicycle' },
  { name: 'Bruno Silva', vehicleType: 'motorcycle' },
  { name: 'Camila Rodríguez', vehicleType: 'motorcycle' },
  { name: 'Diego Fernández', vehicleType: 'bicycle' },
  { name: 'Elena Acosta', vehicleType: 'car' },
  { name: 'Facundo Cabrera', vehicleType: 'van' },
];

const CUSTOMERS = [
  ...['Lucía', 'Martín', 'Sofía', 'Joaquín', 'Valentina', 'Nicolás', 'Florencia', 'Rodrigo', 'Agustina'],
  ...['Matías', 'Victoria', 'Gonzalo', 'Paula', 'Sebastián', 'Carolina', 'Ignacio', 'Micaela', 'Santiago'],
];
const INITIALS = [...'ABCDEFGLMNPRSTV'];

/** Prices in cents of the Uruguayan peso. */
const MENU = [
  { name: 'Chivito al plato', price: 52_000 },
  { name: 'Medialunas', price: 9_000 },
  { name: 'Café con leche', price: 17_000 },
  { name: 'Milanesa napolitana', price: 46_000 },
  { name: 'Empanada de carne', price: 11_000 },
  { name: 'Tarta pascualina', price: 28_000 },
  { name: 'Jugo de naranja', price: 19_000 },
  { name: 'Torta frita', price: 7_000 },
  { name: 'Pizza al tacho', price: 35_000 },
  { name: 'Alfajor', price: 12_000 },
];
const INSTRUCTIONS = ['Ring twice, please.', 'Leave it with the porter.', 'Second floor, on the left.'];

/** Cafés and restaurants that OpenStreetMap knows, all around the centre: no driver is far from any of them. */
const PICKUP_NAMES = ['El Fogón', 'San Rafael', 'Bremen', 'La Isla', 'Mandalas'];
/** Near enough that a visitor sees a whole delivery within a few minutes. */
const DROPOFF_METRES = { least: 250, most: 850 };

export type Spot = { address: string; location: Location; name?: string };

/** What the simulation must know of the city. */
export type SimulatedCity = {
  /** Where orders come from, each with the doors that they may go to. */
  pickups: (Spot & { doors: Spot[] })[];
  /** Positions from one place to the other along the roads; straight where no road leads. Never empty. */
  route(from: Location, to: Location): Location[];
};

export function createSimulatedCity(city: City, router: Router): SimulatedCity {
  const pickups = PICKUP_NAMES.flatMap((name) => {
    const place = city.places.find((one) => one.name === name && one.street && one.number);
    if (!place) return [];
    const [number = ''] = houseNumbers(place.number);
    return [{ name, address: `${place.street} ${number}`, location: toLngLat(place.x, place.y) }];
  });
  if (pickups.length === 0) throw new Error('The city has none of the cafés that the demo delivers from.');
  return {
    pickups: pickups.map((pickup) => ({ ...pickup, doors: doorsAround(city, pickup.location) })),
    route(from, to) {
      const [a, b] = [router.snap(from), router.snap(to)];
      const line = a && b ? router.route(a, b)?.geometry.coordinates : undefined;
      // From the door to the street and back to a door: the last metres are on foot.
      return [from, ...(line ?? []).map(([lng, lat]) => ({ lat, lng })), to];
    },
  };
}

function doorsAround({ addresses }: City, centre: Location): Spot[] {
  const [x, y] = toWorld(centre);
  const reach = DROPOFF_METRES.most / metresPerUnit(y);
  const doors: Spot[] = [];
  for (const [i, street] of addresses.street.entries()) {
    const [doorX, doorY] = [at(addresses.x, i), at(addresses.y, i)];
    const units = Math.hypot(doorX - x, doorY - y);
    if (units > reach || units * metresPerUnit(y) < DROPOFF_METRES.least) continue;
    const [number] = houseNumbers(addresses.number[i] ?? '');
    if (number) doors.push({ address: `${street} ${number}`, location: toLngLat(doorX, doorY) });
  }
  return doors;
}

/** The body of `POST /v1/orders` for a new order, from one of the two cafés nearest to `near`, or from any. */
export function inventOrder(city: SimulatedCity, random: Random, externalId: string, near?: Location) {
  const cafes = near
    ? city.pickups.toSorted((a, b) => distance(a.location, near) - distance(b.location, near)).slice(0, 2)
    : city.pickups;
  const { doors, address, location, name = '' } = random.pick(cafes);
  const door = random.pick(doors);
  const items = Array.from({ length: random.pick([1, 1, 2, 2, 3]) }, () => ({
    ...random.pick(MENU),
    quantity: random.pick([1, 1, 1, 2]),
  }));
  return {
    externalId,
    pickup: { address: `${address}, Montevideo`, location, contact: { name } },
    dropoff: {
      address: `${door.address}, Montevideo`,
      location: door.location,
      contact: { name: `${random.pick(CUSTOMERS)} ${random.pick(INITIALS)}.` },
      ...(random.next() < 0.3 ? { instructions: random.pick(INSTRUCTIONS) } : {}),
    },
    items,
    total: items.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
  };
}
export type InventedOrder = ReturnType<typeof inventOrder>;
