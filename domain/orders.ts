import { z } from 'zod';
import { Location } from './geo.ts';
import { REASON_CODES, STATUSES } from './order-status.ts';
import { text } from './text.ts';

const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 with an offset or Z, from 1970 to 9999: neither Postgres nor anybody's delivery has a year 0. */
export const Instant = z.iso
  .datetime({ offset: true, abort: true })
  .refine((value) => Date.parse(value) >= 0 && Date.parse(value) <= LAST_INSTANT, {
    message: 'is out of range',
  });
/** Money in integer minor units (cents). */
export const Money = z.int().min(0).max(1_000_000_000_000);

export const Contact = z.strictObject({
  name: text(200),
  phone: text(40).optional(),
  email: z.email().max(254).optional(),
});
export type Contact = z.infer<typeof Contact>;

export const TimeWindow = z
  .strictObject({ from: Instant, to: Instant })
  .refine((w) => Date.parse(w.from) <= Date.parse(w.to), {
    path: ['to'],
    message: 'must not be before `from`',
  });
export type TimeWindow = z.infer<typeof TimeWindow>;

/** A stop of the delivery. Without a location it waits for the manager to place it. */
export const Stop = z.strictObject({
  address: text(500),
  location: Location.optional(),
  contact: Contact.optional(),
  instructions: text(2000).optional(),
  window: TimeWindow.optional(),
});
export type Stop = z.infer<typeof Stop>;

export const Item = z.strictObject({
  name: text(200),
  quantity: z.int().min(1).max(10_000),
  price: Money.optional(),
});
export type Item = z.infer<typeof Item>;

/** What must be shown at the door. */
export const ProofDemand = z.strictObject({
  photo: z.boolean().optional(),
  signature: z.boolean().optional(),
  pin: z.boolean().optional(),
});
export type ProofDemand = z.infer<typeof ProofDemand>;

export const VEHICLE_TYPES = ['bicycle', 'motorcycle', 'car', 'van', 'foot'] as const;
export const VehicleType = z.enum(VEHICLE_TYPES);
export type VehicleType = z.infer<typeof VehicleType>;

export const DRIVER_STATES = ['offline', 'available'] as const;
export const DriverState = z.enum(DRIVER_STATES);
export type DriverState = z.infer<typeof DriverState>;

export const TimeRange = z.object({ from: Instant, to: Instant });
export type TimeRange = z.infer<typeof TimeRange>;
export const Eta = z.object({ pickup: TimeRange.nullable(), dropoff: TimeRange.nullable() });
export type Eta = z.infer<typeof Eta>;

export const Status = z.enum(STATUSES);
export const ReasonCode = z.enum(REASON_CODES);
/** When the order last came to each status it has been in. */
export const StepTimes = z.partialRecord(Status, Instant);
export type StepTimes = z.infer<typeof StepTimes>;

/**
 * Everything that is told of an order, to anybody: what the database says as it was at one version, with absent values
 * as null. It travels from the outbox to the rooms; the three audiences' views below are cut from it.
 */
export const OrderRecord = z.object({
  id: z.uuid(),
  merchantId: z.uuid(),
  number: z.int(),
  externalId: z.string().nullable(),
  status: Status,
  version: z.int(),
  driverId: z.uuid().nullable(),
  customerId: z.uuid().nullable(),
  pickup: Stop,
  dropoff: Stop,
  needsPlacing: z.boolean(),
  items: z.array(Item),
  total: Money.nullable(),
  readyAt: Instant.nullable(),
  notes: z.string().nullable(),
  tip: Money.nullable(),
  cashOnDelivery: Money.nullable(),
  currency: z.string(),
  proof: ProofDemand.nullable(),
  stopSequence: z.int().nullable(),
  eta: Eta,
  reason: z.string().nullable(),
  steps: StepTimes,
  statusAt: Instant,
  pickupTime: Instant.nullable(),
  deliveryTime: Instant.nullable(),
  trackingUrl: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
  // These came later: the release before does not send them.
  cashCollected: Money.nullable().default(null),
  fee: Money.nullable().default(null),
  quoteId: z.uuid().nullable().default(null),
  /** By when the customer was told to have it. */
  promisedAt: Instant.nullable().default(null),
  /** Between the stops as the crow flies, in metres. */
  distance: z.int().nullable().default(null),
  /** How often it failed at the door. */
  attempts: z.int().default(0),
  reasonCode: ReasonCode.nullable().default(null),
  sandbox: z.boolean().default(false),
});
export type OrderRecord = z.infer<typeof OrderRecord>;

/** What a manager and an API key see: all of it but the merchant they are. */
export const OrderForManager = OrderRecord.omit({ merchantId: true });
export type OrderForManager = z.infer<typeof OrderForManager>;

/** What the driver sees: never the customer's link, nor who else the customer is. */
export const OrderForDriver = OrderRecord.pick({
  id: true,
  number: true,
  externalId: true,
  status: true,
  version: true,
  driverId: true,
  pickup: true,
  dropoff: true,
  items: true,
  total: true,
  readyAt: true,
  notes: true,
  tip: true,
  cashOnDelivery: true,
  currency: true,
  proof: true,
  stopSequence: true,
  eta: true,
  reason: true,
  steps: true,
  statusAt: true,
  pickupTime: true,
  deliveryTime: true,
  createdAt: true,
  updatedAt: true,
  cashCollected: true,
  promisedAt: true,
  attempts: true,
  reasonCode: true,
});
export type OrderForDriver = z.infer<typeof OrderForDriver>;

/** What the holder of the link sees: their own delivery, not the shop's notes nor anybody's id but the order's. */
export const OrderForCustomer = z.object({
  id: z.uuid(),
  number: z.int(),
  status: Status,
  version: z.int(),
  eta: TimeRange.nullable(),
  steps: z.array(z.object({ status: Status, at: Instant.nullable() })),
  pickup: z.object({ address: z.string(), location: Location.nullable() }),
  dropoff: z.object({
    address: z.string(),
    location: Location.nullable(),
    name: z.string().nullable(),
    instructions: z.string().nullable(),
    window: TimeRange.nullable(),
  }),
  items: z.array(z.object({ name: z.string(), quantity: z.int() })),
  reason: z.string().nullable(),
  currency: z.string(),
  total: Money.nullable(),
  tip: Money.nullable(),
  cashOnDelivery: Money.nullable(),
  /** Of the delivery itself. */
  fee: Money.nullable().default(null),
  promisedAt: Instant.nullable().default(null),
  deliveryTime: Instant.nullable(),
});
export type OrderForCustomer = z.infer<typeof OrderForCustomer>;

/** A driver as the merchant's managers see them. */
export const DriverRecord = z.object({
  id: z.uuid(),
  name: z.string(),
  vehicleType: VehicleType,
  status: DriverState,
  version: z.int(),
  location: z
    .object({
      ...Location.shape,
      heading: z.number().nullable(),
      speed: z.number().nullable(),
      fixedAt: Instant,
    })
    .nullable(),
});
export type DriverRecord = z.infer<typeof DriverRecord>;

/** A driver as the customer sees them, while they are on the way to that customer. */
export const DriverForCustomer = z.object({ name: z.string(), vehicleType: VehicleType });
export type DriverForCustomer = z.infer<typeof DriverForCustomer>;
