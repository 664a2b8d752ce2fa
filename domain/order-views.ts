import { type OrderStatus, STATUSES } from './order-status.ts';
import {
  type DriverForCustomer,
  type DriverRecord,
  type OrderForCustomer,
  OrderForDriver,
  type OrderForManager,
  type OrderRecord,
} from './orders.ts';

/** For managers and API keys of the order's own merchant. */
export function orderForManager({ merchantId: _, ...order }: OrderRecord): OrderForManager {
  return order;
}

const DRIVER_KEYS = Object.keys(OrderForDriver.shape) as (keyof OrderForDriver)[];

/** For the driver who has the order. */
export function orderForDriver(order: OrderRecord): OrderForDriver {
  // The schema's own keys are what is copied, so the result has exactly its shape.
  return Object.fromEntries(DRIVER_KEYS.map((key) => [key, order[key]])) as OrderForDriver;
}

/** The steps a customer is told of; the driver's finer ones would only raise questions. */
const CUSTOMER_STEPS: readonly OrderStatus[] = [
  'created',
  'assigned',
  'picked_up',
  'arrived_at_dropoff',
  'delivered',
];

/** For whoever holds the order's link. */
export function orderForCustomer(order: OrderRecord): OrderForCustomer {
  const { pickup, dropoff } = order;
  const endedBadly = ENDED_BADLY.includes(order.status);
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    version: order.version,
    // What was estimated before a failure is no promise any more.
    eta: endedBadly || order.status === 'delivered' ? null : order.eta.dropoff,
    steps: customerSteps(order),
    pickup: { address: pickup.address, location: pickup.location ?? null },
    dropoff: {
      address: dropoff.address,
      location: dropoff.location ?? null,
      name: dropoff.contact?.name ?? null,
      instructions: dropoff.instructions ?? null,
      window: dropoff.window ?? null,
    },
    items: order.items.map(({ name, quantity }) => ({ name, quantity })),
    // Why it failed concerns the customer; why a driver declined it does not.
    reason: endedBadly ? order.reason : null,
    currency: order.currency,
    total: order.total,
    tip: order.tip,
    cashOnDelivery: order.cashOnDelivery,
    fee: order.fee,
    promisedAt: order.promisedAt,
    deliveryTime: order.deliveryTime,
  };
}

const ENDED_BADLY: readonly OrderStatus[] = ['cancelled', 'failed', 'enroute_to_return', 'returned'];

/** The usual steps, or, for an order that ended otherwise, those that happened and then what ended it. */
function customerSteps({ status, steps }: OrderRecord): OrderForCustomer['steps'] {
  if (ENDED_BADLY.includes(status)) {
    const happened = CUSTOMER_STEPS.filter((step) => step !== 'delivered' && steps[step] !== undefined);
    const endings = ENDED_BADLY.filter((step) => step === status || steps[step] !== undefined);
    return [...happened, ...endings].map((step) => ({ status: step, at: steps[step] ?? null }));
  }
  // A time is kept when a step is taken back (undo, unassigned, another attempt): what lies ahead has not happened.
  const reached = STATUSES.indexOf(status);
  return CUSTOMER_STEPS.map((step) => ({
    status: step,
    at: STATUSES.indexOf(step) <= reached ? (steps[step] ?? null) : null,
  }));
}

/** A customer learns the first name only. */
export function driverForCustomer(driver: Pick<DriverRecord, 'name' | 'vehicleType'>): DriverForCustomer {
  return { name: driver.name.trim().split(/\s+/)[0] ?? '', vehicleType: driver.vehicleType };
}
