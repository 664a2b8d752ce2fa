import { expect, test } from 'vitest';
import { FleetScene, type MapDriver, type MapOrder } from './fleet-scene.ts';

const driver = (id: string, lat: number, fixedAt = 1000): MapDriver => ({
  ...{ id, name: id, isStale: false },
  at: { lat, lng: 0, heading: 90, fixedAt },
});
const order: MapOrder = {
  ...{ id: 'order', label: '#1', tone: 'late', isSelected: false, carrier: null },
  pickup: { lat: 100, lng: 0 },
  dropoff: { lat: 200, lng: 0 },
};
/** A pixel a degree. */
const project = ({ lat, lng }: { lat: number; lng: number }) => ({ x: lng, y: lat });
const sceneOf = (drivers: MapDriver[], orders: MapOrder[] = [order]): FleetScene => {
  const scene = new FleetScene();
  scene.show({ drivers, orders, trail: [] }, 0, false);
  return scene;
};

test('each driver glides by their own fixes', () => {
  const scene = sceneOf([driver('ana', 0), driver('bruno', 50)]);
  expect(scene.isAtRest(0)).toBe(true);
  const [ana, bruno] = [driver('ana', 10, 5000), driver('bruno', 50)];
  scene.show({ drivers: [ana, bruno], orders: [], trail: [] }, 0, false);
  expect(scene.isAtRest(2000)).toBe(false);
  expect(scene.poseOf(ana, 2000).lat).toBeCloseTo(5);
  expect(scene.poseOf(bruno, 2000).lat).toBe(50);
  expect(scene.isAtRest(4000)).toBe(true);
});

test('nothing glides for who wants no motion', () => {
  const scene = sceneOf([driver('ana', 0)]);
  scene.show({ drivers: [driver('ana', 10, 5000)], orders: [], trail: [] }, 0, true);
  expect(scene.isAtRest(0)).toBe(true);
  expect(scene.poseOf(driver('ana', 10, 5000), 0).lat).toBe(10);
});

test('who is gone and comes back stands where they are', () => {
  const scene = sceneOf([driver('ana', 0)]);
  scene.show({ drivers: [], orders: [], trail: [] }, 0, false);
  scene.show({ drivers: [driver('ana', 10, 5000)], orders: [], trail: [] }, 0, false);
  expect(scene.isAtRest(0)).toBe(true);
});

test('a click finds the nearest driver, then the nearest stop, and nothing far off', () => {
  const scene = sceneOf([driver('ana', 0), driver('bruno', 12)]);
  const at = (y: number, only?: 'driver') => scene.markAt({ x: 0, y }, project, 0, only);
  expect(at(5)).toEqual({ type: 'driver', id: 'ana' });
  expect(at(8)).toEqual({ type: 'driver', id: 'bruno' });
  expect(at(105)).toEqual({ type: 'order', id: 'order' });
  expect(at(210)).toEqual({ type: 'order', id: 'order' });
  expect(at(60)).toBeNull();
});

test('what is dropped reaches further, and never an order', () => {
  const scene = sceneOf([driver('ana', 0)]);
  expect(scene.markAt({ x: 0, y: 30 }, project, 0, 'driver')).toEqual({ type: 'driver', id: 'ana' });
  expect(scene.markAt({ x: 0, y: 30 }, project, 0)).toBeNull();
  expect(scene.markAt({ x: 0, y: 105 }, project, 0, 'driver')).toBeNull();
});
