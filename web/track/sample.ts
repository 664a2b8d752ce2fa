import type { OrderStatus } from '../../domain/order-status.ts';
import { orderForCustomer } from '../../domain/order-views.ts';
import type { OrderRecord, StepTimes } from '../../domain/orders.ts';
import type { TrackingView } from './view.ts';

/** The tests' order: noon in Montevideo, 22 November 2026. */
export const NOON = Date.parse('2026-11-22T15:00:00.000Z');
export const at = (minutes: number): string => new Date(NOON + minutes * 60_000).toISOString();

const PICKUP = { lat: -34.9077, lng: -56.1998 };
export const DROPOFF = { lat: -34.9011, lng: -56.1781 };

const ORDER: OrderRecord = {
  id: '019aab00-0000-7000-8000-000000000001',
  merchantId: '019aab00-0000-7000-8000-000000000002',
  number: 1042,
  externalId: null,
  status: 'enroute_to_dropoff',
  version: 5,
  driverId: '019aab00-0000-7000-8000-000000000003',
  customerId: null,
  pickup: { address: 'Sarandí 500, Montevideo', location: PICKUP },
  dropoff: {
    address: 'Bulevar Artigas 1500, apto. 302',
    location: DROPOFF,
    contact: { name: 'Lucía Méndez' },
    instructions: 'Ring twice, the bell is quiet.',
  },
  needsPlacing: false,
  items: [
    { name: 'Empanadas de carne', quantity: 6 },
    { name: 'Fainá', quantity: 2 },
  ],
  total: 98000,
  readyAt: null,
  notes: 'a note of the shop',
  tip: null,
  cashOnDelivery: 98000,
  currency: 'UYU',
  proof: null,
  stopSequence: 1,
  eta: { pickup: null, dropoff: { from: at(10), to: at(20) } },
  reason: null,
  steps: {},
  statusAt: at(-5),
  pickupTime: null,
  deliveryTime: null,
  trackingUrl: null,
  createdAt: at(-45),
  updatedAt: at(-5),
  cashCollected: null,
  fee: null,
  quoteId: null,
  promisedAt: null,
  distance: null,
  attempts: 0,
  reasonCode: null,
  sandbox: false,
};

const STEPS: Record<OrderStatus, StepTimes> = (() => {
  const start: StepTimes = { created: at(-45) };
  const assigned: StepTimes = { ...start, assigned: at(-40) };
  const carried: StepTimes = { ...assigned, picked_up: at(-8) };
  const there: StepTimes = { ...carried, arrived_at_dropoff: at(-3) };
  const failed: StepTimes = { ...there, failed: at(-1) };
  return {
    created: start,
    assigned,
    enroute_to_pickup: assigned,
    arrived_at_pickup: assigned,
    picked_up: carried,
    enroute_to_dropoff: carried,
    arrived_at_dropoff: there,
    delivered: { ...there, delivered: at(-1) },
    cancelled: { ...assigned, cancelled: at(-2) },
    failed,
    enroute_to_return: { ...failed, enroute_to_return: at(0) },
    returned: { ...failed, returned: at(0) },
  };
})();

/** What the customer sees of the tests' order in that status; `changes` are of the order as the database has it. */
export function sampleView(status: OrderStatus, changes: Partial<OrderRecord> = {}): TrackingView {
  const delivered = status === 'delivered' ? { deliveryTime: at(-1) } : {};
  const order = orderForCustomer({ ...ORDER, status, steps: STEPS[status], ...delivered, ...changes });
  const shown = ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'].includes(status);
  return {
    merchant: {
      name: 'Café Sur',
      logoUrl: null,
      color: null,
      timezone: 'America/Montevideo',
      phone: '+598 2901 2345',
    },
    order,
    driver: shown ? { name: 'Ana', vehicleType: 'bicycle' } : null,
    location: shown ? { lat: -34.9052, lng: -56.1903, heading: 70, fixedAt: at(-0.2) } : null,
  };
}
