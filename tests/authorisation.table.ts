import { picture } from '../functions/proofs/pictures.fixture.ts';

/**
 * Who may do what to a merchant's things, route by route: what each of these gets who asks for something of a merchant
 * that is not theirs to have. A route that is not written here fails the test.
 *
 * | column     | who asks                                                                        |
 * |------------|---------------------------------------------------------------------------------|
 * | nobody     | no credential                                                                   |
 * | colleague  | a driver of the merchant who has nothing to do with the order, or the driver    |
 * | stranger   | a manager of another merchant                                                   |
 * | foreign    | an API key of another merchant, with every scope                                |
 * | bare       | an API key of the merchant, with a scope that no route asks for here            |
 * | customer   | the order's tracking token sent as a bearer token                               |
 *
 * A number is the status of a refusal. `own`: it works, on the asker's own things, and tells nothing of the merchant's.
 * `open`: a public route, which tells nothing of anybody's. `link`: the path's token is the credential, whoever asks.
 * `*`: what a driver of the merchant may know of it as a whole.
 */
export const EXPECTED = `
  route                                       nobody  colleague  stranger  foreign  bare  customer

  POST   /v1/merchants                        open    open       open      open     open  open
  GET    /v1/merchants/me                     401     *          own       403      403   401
  PATCH  /v1/merchants/me                     401     403        own       403      403   401
  POST   /v1/auth/login                       401     401        401       401      401   401
  POST   /v1/auth/refresh                     401     401        401       401      401   401
  POST   /v1/auth/logout                      open    open       open      open     open  open
  POST   /v1/auth/invite                      404     404        404       404      404   404
  POST   /v1/auth/password/forgot             open    open       open      open     open  open
  POST   /v1/auth/password/reset              404     404        404       404      404   404
  GET    /v1/audit                            401     403        own       403      403   401
  GET    /v1/users                            401     403        own       403      403   401
  POST   /v1/users                            401     403        own       403      403   401
  PUT    /v1/users/me/password                401     409        409       403      403   401
  DELETE /v1/users/:id                        401     403        404       403      403   401
  GET    /v1/api-keys                         401     403        own       403      403   401
  POST   /v1/api-keys                         401     403        own       403      403   401
  DELETE /v1/api-keys/:id                     401     403        404       403      403   401
  GET    /.well-known/jwks.json               open    open       open      open     open  open

  POST   /v1/orders                           401     403        own       own      403   401
  POST   /v1/orders/batch                     401     403        own       own      403   401
  POST   /v1/orders/import                    401     403        own       own      403   401
  GET    /v1/orders/export                    401     403        own       own      403   401
  GET    /v1/orders/export/cash               401     403        own       own      403   401
  GET    /v1/orders/export/ratings            401     403        own       own      403   401
  GET    /v1/orders                           401     own        own       own      403   401
  GET    /v1/orders/:id                       401     404        404       404      403   401
  PATCH  /v1/orders/:id                       401     403        404       404      403   401
  POST   /v1/orders/:id/assign                401     403        404       404      403   401
  POST   /v1/orders/:id/unassign              401     403        404       404      403   401
  POST   /v1/orders/:id/cancel                401     403        404       404      403   401
  POST   /v1/orders/:id/status                401     404        404       404      403   401
  GET    /v1/orders/:id/updates               401     404        404       404      403   401
  POST   /v1/orders/:id/proofs                401     404        404       404      403   401
  GET    /v1/orders/:id/proofs                401     404        404       404      403   401
  GET    /v1/orders/:id/pin                   401     403        404       403      403   401
  GET    /v1/proofs/:id/file                  404     404        404       404      404   404
  GET    /v1/late-reports                     401     403        own       own      403   401
  POST   /v1/late-reports/:id/settle          401     403        404       404      403   401
  GET    /v1/orders/:id/trail                 401     404        404       404      403   401
  POST   /v1/orders/:id/tracking/renew        401     403        404       404      403   401
  GET    /v1/orders/:id/room                  401     404        404       404      403   401
  GET    /v1/analytics                        401     403        own       own      403   401
  GET    /v1/fleet/room                       401     *          own       403      403   401

  POST   /v1/drivers                          401     403        own       own      403   401
  GET    /v1/drivers                          401     own        own       own      403   401
  GET    /v1/drivers/:id                      401     404        404       404      403   401
  PATCH  /v1/drivers/:id                      401     403        404       404      403   401
  DELETE /v1/drivers/:id                      401     403        404       404      403   401
  POST   /v1/drivers/:id/invite               401     403        404       404      403   401
  PUT    /v1/drivers/:id/stops                401     404        404       404      403   401
  PUT    /v1/drivers/:id/shift                401     404        404       404      403   401
  GET    /v1/shifts                           401     own        own       own      403   401
  GET    /v1/shifts/:id                       401     404        404       404      403   401
  GET    /v1/drivers/:id/orders               401     404        404       404      403   401
  GET    /v1/drivers/:id/devices              401     404        404       404      403   401
  POST   /v1/drivers/:id/devices              401     404        404       404      403   401
  DELETE /v1/drivers/:id/devices/:deviceId    401     404        404       404      403   401
  GET    /v1/ingest/osmand                    401     401        401       401      401   401
  POST   /v1/ingest/osmand                    401     401        401       401      401   401
  POST   /v1/ingest/owntracks                 401     401        401       401      401   401
  POST   /v1/ingest/overland                  401     401        401       401      401   401

  POST   /v1/customers                        401     403        own       own      403   401
  GET    /v1/customers                        401     403        own       own      403   401
  GET    /v1/customers/:id                    401     403        404       404      403   401
  PATCH  /v1/customers/:id                    401     403        404       404      403   401
  DELETE /v1/customers/:id                    401     403        404       404      403   401
  GET    /v1/tracking/:token                  link    link       link      link     link  link
  GET    /v1/tracking/:token/room             link    link       link      link     link  link
  GET    /v1/tracking/:token/messages         link    link       link      link     link  link
  POST   /v1/tracking/:token/messages         link    link       link      link     link  link
  GET    /v1/tracking/:token/rating           link    link       link      link     link  link
  POST   /v1/tracking/:token/rating           409     409        409       409      409   409
  GET    /v1/tracking/:token/notifications    link    link       link      link     link  link
  POST   /v1/tracking/:token/notifications    link    link       link      link     link  link
  POST   /v1/tracking/:token/push             link    link       link      link     link  link
  DELETE /v1/tracking/:token/push             link    link       link      link     link  link
  GET    /t/:token                            link    link       link      link     link  link

  GET    /v1/orders/:id/suggestions           401     403        404       404      403   401
  POST   /v1/quotes                           401     403        own       own      403   401
  POST   /v1/zones                            401     403        own       own      403   401
  GET    /v1/zones                            401     *          own       own      403   401
  GET    /v1/zones/:id                        401     *          404       404      403   401
  PATCH  /v1/zones/:id                        401     403        404       404      403   401
  DELETE /v1/zones/:id                        401     403        404       404      403   401

  GET    /v1/orders/:id/messages              401     404        404       404      403   401
  POST   /v1/orders/:id/messages              401     404        404       404      403   401
  GET    /v1/orders/:id/rating                401     403        404       404      403   401
  GET    /v1/ratings                          401     403        own       own      403   401

  POST   /v1/webhooks                         401     403        own       own      403   401
  GET    /v1/webhooks                         401     403        own       own      403   401
  GET    /v1/webhooks/:id                     401     403        404       404      403   401
  PATCH  /v1/webhooks/:id                     401     403        404       404      403   401
  DELETE /v1/webhooks/:id                     401     403        404       404      403   401
  POST   /v1/webhooks/:id/rotate              401     403        404       404      403   401
  POST   /v1/webhooks/:id/test                401     403        404       404      403   401
  GET    /v1/webhooks/:id/deliveries          401     403        404       404      403   401
  POST   /v1/webhooks/:id/replay              401     403        404       404      403   401
  GET    /v1/webhooks/deliveries/:id          401     403        404       404      403   401
  POST   /v1/webhooks/deliveries/:id/replay   401     403        404       404      403   401
  GET    /v1/notifications                    401     403        own       own      403   401
  GET    /v1/notifications/settings           401     403        own       own      403   401
  PATCH  /v1/notifications/settings           401     403        own       403      403   401
  POST   /v1/notifications/preview            401     403        own       own      403   401
  POST   /v1/notifications/test               401     403        own       403      403   401
  GET    /v1/notifications/:id                401     403        404       404      403   401
  POST   /v1/notifications/:id/resend         401     403        404       403      403   401
  GET    /v1/notifications/unsubscribe/:token 404     404        404       404      404   404
  POST   /v1/notifications/unsubscribe/:token 404     404        404       404      404   404
  GET    /v1/push/key                         401     *          own       403      403   401
  POST   /v1/push/subscriptions               401     own        own       403      403   401
  DELETE /v1/push/subscriptions               401     own        own       403      403   401

  GET    /                                    open    open       open      open     open  open
  GET    /docs                                open    open       open      open     open  open
  GET    /invite/:token                       open    open       open      open     open  open
  GET    /reset/:token                        open    open       open      open     open  open
  GET    /drive                               open    open       open      open     open  open
  GET    /dispatch                            open    open       open      open     open  open
  GET    /drive-worker.js                     open    open       open      open     open  open
  GET    /drive.webmanifest                   open    open       open      open     open  open
  GET    /tiles/:z/:x/:y                      404     404        404       404      404   404
  GET    /assets/*                            404     404        404       404      404   404
  GET    /healthz                             open    open       open      open     open  open
  GET    /readyz                              open    open       open      open     open  open
  GET    /metrics                             open    open       open      open     open  open
  GET    /openapi.json                        open    open       open      open     open  open
  GET    /internal/fleet/:merchant            401     401        401       401      401   401
  POST   /internal/flush/:merchant            401     401        401       401      401   401
  POST   /internal/messages/:merchant         401     401        401       401      401   401
  GET    /internal/messages/:merchant/:order  401     401        401       401      401   401
  POST   /internal/reads/:merchant            401     401        401       401      401   401
`;

/** What the tests know of the merchant that is asked about. */
export type Victim = {
  merchantId: string;
  orderId: string;
  customerId: string;
  driverId: string;
  /** The driver of the same merchant who has no part in it. */
  colleagueId: string;
  userId: string;
  keyId: string;
  deviceId: string;
  proofId: string;
  shiftId: string;
  lateReportId: string;
  zoneId: string;
  webhookId: string;
  deliveryId: string;
  /** In the order's tracking link. */
  token: string;
};

/** What stands for each parameter of a path, by what comes before it. */
export const PARAMETERS: Record<string, (victim: Victim) => string> = {
  orders: ({ orderId }) => orderId,
  drivers: ({ driverId }) => driverId,
  customers: ({ customerId }) => customerId,
  users: ({ userId }) => userId,
  'api-keys': ({ keyId }) => keyId,
  devices: ({ deviceId }) => deviceId,
  // Its id is that of the order it is about.
  notifications: ({ orderId }) => orderId,
  proofs: ({ proofId }) => proofId,
  shifts: ({ shiftId }) => shiftId,
  'late-reports': ({ lateReportId }) => lateReportId,
  zones: ({ zoneId }) => zoneId,
  webhooks: ({ webhookId }) => webhookId,
  deliveries: ({ deliveryId }) => deliveryId,
  tracking: ({ token }) => token,
  t: ({ token }) => token,
  fleet: ({ merchantId }) => merchantId,
  flush: ({ merchantId }) => merchantId,
  messages: ({ merchantId }) => merchantId,
  reads: ({ merchantId }) => merchantId,
  ':merchant': ({ orderId }) => orderId,
};

const anEmail = (): string => `${crypto.randomUUID()}@example.com`;
/** Within the victim's zone, which is all of the globe's middle. */
const A_LOCATION = { lat: -34.9, lng: -56.2 };
export const A_ZONE = {
  name: 'Everywhere',
  area: {
    type: 'Polygon',
    coordinates: [
      [
        [-170, -80],
        [170, -80],
        [170, 80],
        [-170, 80],
        [-170, -80],
      ],
    ],
  },
  fee: { base: 1, perKm: 0, minimum: 0 },
};
const A_PLACE = { address: 'Anywhere 1', contact: { name: 'Someone' } };

/** The driver's colleague and the customer have given this browser before; a repeat changes nothing. */
export const SUBSCRIPTION = {
  endpoint: 'https://push.example/of-the-victim',
  keys: {
    p256dh: 'BB4YUy_UdUwC8wQdnHXOszuD_9gax85P6ILMscmLxYlupGwxHE4v9A3ZajZT5uRURdMt_khuztdcepDGoYiBwKM',
    auth: 'AAAAAAAAAAAAAAAAAAAAAA',
  },
};

/** A good body for each route that takes one: so that what is refused is the asker, not the body. */
export const BODIES: Record<string, (victim: Victim) => unknown> = {
  'POST /v1/merchants': () => ({ name: 'New', email: anEmail(), password: 'correct horse battery' }),
  'PATCH /v1/merchants/me': () => ({ name: 'Renamed' }),
  'POST /v1/auth/login': () => ({ email: anEmail(), password: 'correct horse battery' }),
  'POST /v1/auth/refresh': () => ({ refreshToken: 'x'.repeat(43) }),
  'POST /v1/auth/logout': () => ({ refreshToken: 'x'.repeat(43) }),
  'POST /v1/auth/invite': () => ({ token: 'x'.repeat(43), password: 'correct horse battery' }),
  'POST /v1/auth/password/forgot': () => ({ email: anEmail() }),
  'POST /v1/auth/password/reset': () => ({ token: 'x'.repeat(43), password: 'correct horse battery' }),
  'PUT /v1/users/me/password': () => ({ currentPassword: 'not this one', password: 'correct horse battery' }),
  'POST /v1/users': () => ({ name: 'New', email: anEmail() }),
  'POST /v1/api-keys': () => ({ name: 'New', scopes: ['orders:read'] }),
  'POST /v1/orders': () => ({ dropoff: A_PLACE }),
  'POST /v1/orders/batch': () => ({ orders: [{ dropoff: A_PLACE }] }),
  'POST /v1/orders/import': () => new Blob(['address,name\nAnywhere 1,Someone\n'], { type: 'text/csv' }),
  'PATCH /v1/orders/:id': () => ({ notes: 'Changed' }),
  'POST /v1/orders/:id/assign': ({ driverId, colleagueId }) => ({
    driverId: colleagueId,
    replaces: driverId,
  }),
  'POST /v1/orders/:id/unassign': () => ({}),
  'POST /v1/orders/:id/cancel': () => ({ reason: 'Because', reasonCode: 'not_ready' }),
  'POST /v1/orders/:id/proofs': () => picture(),
  'POST /v1/late-reports/:id/settle': () => ({ apply: false, note: 'Seen' }),
  'POST /v1/orders/:id/status': () => ({
    status: 'picked_up',
    proof: { photoIds: [], signedBy: 'Someone' },
  }),
  'POST /v1/drivers': () => ({ name: 'New', vehicleType: 'car' }),
  'PATCH /v1/drivers/:id': () => ({ name: 'Renamed' }),
  'PUT /v1/drivers/:id/stops': ({ orderId }) => ({ orderIds: [orderId] }),
  'PUT /v1/drivers/:id/shift': () => ({ status: 'offline', cashCounted: 0, note: 'Home' }),
  'POST /v1/drivers/:id/devices': () => ({ name: 'Phone' }),
  'POST /v1/customers': () => ({ name: 'New' }),
  'PATCH /v1/customers/:id': () => ({ name: 'Renamed' }),
  'POST /v1/quotes': () => ({ dropoff: { location: A_LOCATION } }),
  'POST /v1/zones': () => A_ZONE,
  'PATCH /v1/zones/:id': () => ({ name: 'Renamed' }),
  'POST /v1/webhooks': () => ({ url: 'https://shop.example/hooks', events: ['order.created'] }),
  'PATCH /v1/webhooks/:id': () => ({ description: 'Renamed' }),
  'POST /v1/webhooks/:id/replay': () => ({ since: '2026-01-01T00:00:00Z' }),
  'PATCH /v1/notifications/settings': () => ({
    settings: [
      { event: 'customer.confirmed', channel: 'sms', enabled: false, wording: { en: { body: 'Hi {name}' } } },
    ],
  }),
  'POST /v1/notifications/preview': () => ({ event: 'customer.confirmed', channel: 'sms', language: 'es' }),
  'POST /v1/notifications/test': () => ({ channel: 'email', to: anEmail() }),
  'POST /v1/push/subscriptions': () => SUBSCRIPTION,
  'DELETE /v1/push/subscriptions': () => ({ endpoint: 'https://push.example/of-nobody' }),
  'POST /v1/tracking/:token/notifications': () => ({ optOut: [] }),
  'POST /v1/tracking/:token/push': () => SUBSCRIPTION,
  'DELETE /v1/tracking/:token/push': () => ({ endpoint: 'https://push.example/of-nobody' }),
  'POST /internal/flush/:merchant': () => ({ trails: [], locations: [], etas: [] }),
  // The customer has written this before; a repeat changes nothing.
  'POST /v1/tracking/:token/messages': ({ orderId }) => ({ id: orderId, text: 'Ring twice' }),
  'POST /v1/tracking/:token/rating': () => ({ stars: 5 }),
  'POST /v1/orders/:id/messages': () => ({ text: 'On my way' }),
  'POST /internal/messages/:merchant': ({ orderId }) => ({
    orderId,
    id: orderId,
    speaker: { from: 'customer' },
    text: 'Ring twice',
  }),
  'POST /internal/reads/:merchant': ({ orderId }) => ({
    orderId,
    id: orderId,
    speaker: { from: 'customer' },
  }),
};
