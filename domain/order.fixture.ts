import type { OrderRecord } from './orders.ts';

const id = (n: number): string => `0198a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** For tests: an order with every value set, so that a view that lets one through is caught. */
export function anOrder(change: Partial<OrderRecord> = {}): OrderRecord {
  return {
    id: id(1),
    merchantId: id(2),
    number: 1042,
    externalId: 'WEB-77',
    status: 'enroute_to_dropoff',
    version: 6,
    driverId: id(3),
    customerId: id(4),
    pickup: {
      address: '18 de Julio 1234',
      location: { lat: -34.9055, lng: -56.1851 },
      contact: { name: 'Kitchen', phone: '+598 2 900 0000' },
      instructions: 'Back door, code 4711',
    },
    dropoff: {
      address: 'Bulevar España 2345',
      location: { lat: -34.9132, lng: -56.1602 },
      contact: { name: 'Ana Pérez', phone: '+598 99 123 456', email: 'ana@example.com' },
      instructions: 'Ring twice',
      window: { from: '2026-11-22T19:00:00.000Z', to: '2026-11-22T20:00:00.000Z' },
    },
    needsPlacing: false,
    items: [{ name: 'Chivito', quantity: 2, price: 45_000 }],
    total: 90_000,
    readyAt: '2026-11-22T18:30:00.000Z',
    notes: 'Pays late, be polite',
    tip: 5_000,
    cashOnDelivery: 95_000,
    currency: 'UYU',
    proof: { pin: true },
    stopSequence: 1,
    eta: { pickup: null, dropoff: { from: '2026-11-22T19:05:00.000Z', to: '2026-11-22T19:15:00.000Z' } },
    reason: 'Declined: too far',
    steps: {
      created: '2026-11-22T18:00:00.000Z',
      assigned: '2026-11-22T18:05:00.000Z',
      picked_up: '2026-11-22T18:40:00.000Z',
      enroute_to_dropoff: '2026-11-22T18:41:00.000Z',
    },
    statusAt: '2026-11-22T18:41:00.000Z',
    pickupTime: '2026-11-22T18:40:00.000Z',
    deliveryTime: null,
    trackingUrl: 'https://dropmate.example/t/SECRETSECRETSECRETSECR',
    createdAt: '2026-11-22T18:00:00.000Z',
    updatedAt: '2026-11-22T18:41:00.000Z',
    cashCollected: 95_000,
    fee: 12_000,
    quoteId: id(5),
    promisedAt: '2026-11-22T20:00:00.000Z',
    distance: 2_431,
    attempts: 1,
    reasonCode: 'customer_absent',
    sandbox: false,
    ...change,
  };
}
