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
  GET    /v1/orders                           401     own        own       own      403   401
  GET    /v1/orders/:id                       401     404        404       404      403   401
  PATCH  /v1/orders/:id                       401     403        404       404      403   401
  POST   /v1/orders/:id/assign                401     403        404       404      403   401
  POST   /v1/orders/:id/unassign              401     403        404       404      403   401
  POST   /v1/orders/:id/cancel                401     403        404       404      403   401
  POST   /v1/orders/:id/status                401     404        404       404      403   401
  GET    /v1/orders/:id/updates               401     404        404       404      403   401
  GET    /v1/orders/:id/trail                 401     404        404       404      403   401
  POST   /v1/orders/:id/tracking/renew        401     403        404       404      403   401
  GET    /v1/orders/:id/room                  401     404        404       404      403   401
  GET    /v1/fleet/room                       401     *          own       403      403   401

  POST   /v1/drivers                          401     403        own       own      403   401
  GET    /v1/drivers                          401     own        own       own      403   401
  GET    /v1/drivers/:id                      401     404        404       404      403   401
  PATCH  /v1/drivers/:id                      401     403        404       404      403   401
  DELETE /v1/drivers/:id                      401     403        404       404      403   401
  POST   /v1/drivers/:id/invite               401     403        404       404      403   401
  PUT    /v1/drivers/:id/stops                401     404        404       404      403   401
  PUT    /v1/drivers/:id/shift                401     404        404       404      403   401
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
  GET    /t/:token                            link    link       link      link     link  link

  GET    /                                    open    open       open      open     open  open
  GET    /tiles/:z/:x/:y                      404     404        404       404      404   404
  GET    /assets/*                            404     404        404       404      404   404
  GET    /healthz                             open    open       open      open     open  open
  GET    /readyz                              open    open       open      open     open  open
  GET    /metrics                             open    open       open      open     open  open
  GET    /openapi.json                        open    open       open      open     open  open
  GET    /internal/fleet/:merchant            401     401        401       401      401   401
  POST   /internal/flush/:merchant            401     401        401       401      401   401
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
  tracking: ({ token }) => token,
  t: ({ token }) => token,
  fleet: ({ merchantId }) => merchantId,
  flush: ({ merchantId }) => merchantId,
};

const anEmail = (): string => `${crypto.randomUUID()}@example.com`;
const A_PLACE = { address: 'Anywhere 1', contact: { name: 'Someone' } };

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
  'PATCH /v1/orders/:id': () => ({ notes: 'Changed' }),
  'POST /v1/orders/:id/assign': ({ driverId, colleagueId }) => ({
    driverId: colleagueId,
    replaces: driverId,
  }),
  'POST /v1/orders/:id/unassign': () => ({}),
  'POST /v1/orders/:id/cancel': () => ({ reason: 'Because' }),
  'POST /v1/orders/:id/status': () => ({ status: 'picked_up' }),
  'POST /v1/drivers': () => ({ name: 'New', vehicleType: 'car' }),
  'PATCH /v1/drivers/:id': () => ({ name: 'Renamed' }),
  'PUT /v1/drivers/:id/stops': ({ orderId }) => ({ orderIds: [orderId] }),
  'PUT /v1/drivers/:id/shift': () => ({ status: 'available' }),
  'POST /v1/drivers/:id/devices': () => ({ name: 'Phone' }),
  'POST /v1/customers': () => ({ name: 'New' }),
  'PATCH /v1/customers/:id': () => ({ name: 'Renamed' }),
  'POST /internal/flush/:merchant': () => ({ trails: [], locations: [], etas: [] }),
};
