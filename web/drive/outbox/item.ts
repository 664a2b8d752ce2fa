import type { OrderStatus, ReasonCode } from '../../../domain/order-status.ts';

/** What a step says besides its status and time, as `POST /v1/orders/:id/status` takes it. */
export type StepDetails = {
  reason?: string;
  reasonCode?: ReasonCode;
  cashCollected?: number;
  location?: { lat: number; lng: number };
  proof?: { photoIds?: string[]; signatureId?: string; pin?: string; signedBy?: string };
};

/** A picture as it lies in the phone's database: older iPhones lose a Blob there. */
export type KeptFile = { bytes: ArrayBuffer; type: string };

/** What the driver did, whatever it was. `orderNumber` is for sentences. */
export type Action =
  | { kind: 'status'; orderId: string; orderNumber: number; status: OrderStatus; details: StepDetails }
  | { kind: 'proof'; orderId: string; orderNumber: number; proof: 'photo' | 'signature'; file: KeptFile }
  | { kind: 'message'; orderId: string; orderNumber: number; text: string }
  | { kind: 'shift'; status: 'available' | 'offline'; cashCounted?: number; note?: string }
  | { kind: 'stops'; orderIds: string[] };

/** An action that waits until it is sent. */
export type OutboxItem = {
  /** The `updateId`, proof id or message id: by it the server knows a repeat. */
  id: string;
  /** The place in the queue, given by the database when it is added. */
  seq: number;
  /** Whose it is: another driver of this phone does not send it. */
  driverId: string;
  /** When it happened, by this phone's clock: ISO 8601. */
  at: string;
  attempts: number;
  /** Not again before that time, in milliseconds since 1970. */
  notBefore: number;
  /** A request with it may be under way, or was when the page was closed: it can no longer be taken back silently. */
  sending: boolean;
  action: Action;
};

export type NewItem = Omit<OutboxItem, 'seq'>;

/** What became of an action other than that it was done, to be told until the driver has seen it. */
export type Notice = {
  /** The item's. */
  id: string;
  driverId: string;
  at: string;
  /** `late`: kept for the manager (202). `refused`: not taken, for the reason told. */
  kind: 'late' | 'refused';
  action: { kind: Action['kind']; orderNumber: number | null; status: OrderStatus | null };
  code: string;
  detail: string;
  /** Of a delivery without its proof (422). */
  missing: string[];
  triesLeft: number | null;
};
