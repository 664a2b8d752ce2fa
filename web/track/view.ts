import type { DriverForCustomer, OrderForCustomer } from '../../domain/orders.ts';
import type { LocationFields } from '../../domain/room-messages.ts';

/** The shop as its customers see it. `color` is a CSS hex colour, `timezone` an IANA name. */
export type MerchantForCustomer = {
  name: string;
  logoUrl: string | null;
  color: string | null;
  timezone: string;
  phone: string | null;
};

/** The driver's position, as far as the page reads it. */
export type CustomerLocation = Pick<LocationFields, 'lat' | 'lng' | 'heading' | 'fixedAt'>;

/** What `GET /v1/tracking/:token` answers. Driver and location are null while they do not concern the customer. */
export type TrackingView = {
  merchant: MerchantForCustomer;
  order: OrderForCustomer;
  driver: DriverForCustomer | null;
  location: CustomerLocation | null;
  /** To be told to the driver at the door. The release before says nothing of it. */
  pin?: string | null;
};

/** What `GET /v1/tracking/:token/room` answers. */
export type RoomInfo = {
  host: string;
  protocol: 'ws' | 'wss';
  party: string;
  room: string;
  token: string;
  expiresAt: string;
};
