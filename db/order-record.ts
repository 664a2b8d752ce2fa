import type { InferSelectModel } from 'drizzle-orm';
import type { DriverRecord, OrderRecord } from '../domain/orders.ts';
import { rowFromJson } from './row.ts';
import { drivers } from './schema/drivers.ts';
import { orders } from './schema/orders.ts';
import { type TrackingKey, trackingToken } from './tracking-token.ts';

export type OrderRow = InferSelectModel<typeof orders>;
export type DriverRow = InferSelectModel<typeof drivers>;

/** What is needed to write an order's tracking link. */
export type TrackingLinks = { publicUrl: string; trackingKey: TrackingKey };

/** The order as all else of the product knows it. */
export function orderRecord(row: OrderRow, links: TrackingLinks): OrderRecord {
  const { trackingHash: _, estimatedAt: __, sandboxOutcome: ___, trackingRevision, ...order } = row;
  return {
    ...order,
    readyAt: iso(row.readyAt),
    promisedAt: iso(row.promisedAt),
    attempts: row.attempts ?? 0,
    sandbox: row.sandbox ?? false,
    eta: row.eta ?? { pickup: null, dropoff: null },
    statusAt: row.statusAt.toISOString(),
    pickupTime: iso(row.pickupTime),
    deliveryTime: iso(row.deliveryTime),
    trackingUrl: `${links.publicUrl}/t/${trackingToken(links.trackingKey, row.id, trackingRevision)}`,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** From a row as SQL functions and the outbox give it. */
export function orderRecordFromJson(json: Record<string, unknown>, links: TrackingLinks): OrderRecord {
  return orderRecord(rowFromJson(orders, json), links);
}

/** The driver as managers and rooms know them. */
export function driverRecord(row: DriverRow): DriverRecord {
  const { id, name, vehicleType, status, version, location } = row;
  return { id, name, vehicleType, status, version, location };
}

export function driverRecordFromJson(json: Record<string, unknown>): DriverRecord {
  return driverRecord(rowFromJson(drivers, json));
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;
