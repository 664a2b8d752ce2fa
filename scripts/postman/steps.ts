/** Who sends a request: the credential that goes with it. */
export type As = 'manager' | 'apiKey' | 'driver' | 'device' | 'deviceBasic' | 'nobody';

/** One request of the collection. What is left out follows from the description of the API. */
export type Step = {
  /** operationId. */
  does: string;
  /** Beside the operation's summary, when it comes more than once. */
  name?: string;
  /** Left out: the manager, where a credential is needed. */
  as?: As;
  /** Values of the path's parameters; left out: the variable of that name. */
  path?: Record<string, string>;
  query?: Record<string, string>;
  /** JSON; left out: the example of the description. */
  body?: unknown;
  raw?: { type: string; text: string };
  /** Variables to set from the answer: where it has them, and what part of that. */
  save?: Record<string, string | [path: string, pattern: string]>;
  /** Left out: the operation's own 2xx. */
  status?: number | number[];
};

const EMAIL = 'you+{{run}}@example.com';
const PASSWORD = 'choose a long one';
const [INVITE, TRACKING] = ['/invite/([^/]+)$', '/t/([^/]+)$'];
const SESSION = { managerToken: 'accessToken', refreshToken: 'refreshToken' };
const DOOR = {
  address: 'Bulevar Artigas 1500, Montevideo',
  location: { lat: -34.9005, lng: -56.1652 },
  contact: { name: 'Lucía Pérez' },
};
const move = (status: string, more: object = {}) => ({
  ...{ status, updateId: '{{$guid}}', occurredAt: '{{now}}' },
  ...more,
});
/** The header of a WebP of 8 × 8 pixels, which is text. */
const PICTURE = 'RIFF\u0016\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\u0007\0\0\u0007\0\0';

/** The whole collection: each chapter needs those before it, and a fresh system no more than that. */
export const CHAPTERS: Record<string, Step[]> = {
  'Sign up': [
    {
      does: 'signUp',
      body: {
        ...{ name: 'Café Sur', email: EMAIL, password: PASSWORD },
        ...{ timezone: 'America/Montevideo', currency: 'UYU' },
        ...{ address: 'Sarandí 500, Montevideo', location: { lat: -34.9061, lng: -56.2017 } },
      },
      save: SESSION,
    },
    { does: 'logIn', body: { email: EMAIL, password: PASSWORD }, save: SESSION },
    { does: 'refreshSession', body: { refreshToken: '{{refreshToken}}' }, save: SESSION },
    { does: 'getPublicKeys' },
    { does: 'getMerchant' },
    { does: 'updateMerchant' },
    {
      does: 'inviteUser',
      body: { name: 'Bruno Díaz', email: 'bruno+{{run}}@example.com' },
      save: { userId: 'id' },
    },
    { does: 'listUsers' },
    {
      does: 'createApiKey',
      body: {
        name: 'Web shop',
        scopes: [
          ...['orders:read', 'orders:write', 'drivers:read', 'drivers:write'],
          ...['customers:read', 'customers:write', 'zones:read', 'zones:write'],
          ...['webhooks:read', 'webhooks:write', 'notifications:read', 'analytics:read'],
        ],
      },
      save: { apiKey: 'key', apiKeyId: 'id' },
    },
    { does: 'listApiKeys' },
  ],
  'Zones and quotes': [
    { does: 'createZone', as: 'apiKey', save: { zoneId: 'id' } },
    { does: 'listZones', as: 'apiKey' },
    { does: 'getZone', path: { id: '{{zoneId}}' } },
    { does: 'updateZone', path: { id: '{{zoneId}}' } },
    { does: 'createQuote', as: 'apiKey', save: { quoteId: 'id' } },
  ],
  Customers: [
    { does: 'createCustomer', save: { customerId: 'id' } },
    { does: 'listCustomers', as: 'apiKey' },
    { does: 'getCustomer', path: { id: '{{customerId}}' } },
    { does: 'updateCustomer', path: { id: '{{customerId}}' } },
  ],
  Drivers: [
    { does: 'createDriver', save: { driverId: 'id' } },
    {
      does: 'inviteDriver',
      path: { id: '{{driverId}}' },
      save: { invitation: ['inviteUrl', INVITE] },
    },
    {
      does: 'acceptInvitation',
      body: { token: '{{invitation}}' },
      save: { driverToken: 'accessToken' },
    },
    { does: 'setDriverShift', as: 'driver', path: { id: 'me' } },
    { does: 'listDrivers', as: 'apiKey' },
    { does: 'getDriver', path: { id: '{{driverId}}' } },
    { does: 'updateDriver', path: { id: '{{driverId}}' } },
    {
      does: 'createDriverDevice',
      path: { id: '{{driverId}}' },
      save: { deviceId: 'id', deviceToken: 'token' },
    },
    { does: 'listDriverDevices', path: { id: '{{driverId}}' } },
  ],
  Webhooks: [
    {
      does: 'createWebhook',
      as: 'apiKey',
      body: { url: '{{webhookUrl}}', events: ['order.delivered', 'order.failed'], description: 'Web shop' },
      save: { webhookId: 'id' },
    },
    { does: 'listWebhooks' },
    { does: 'getWebhook', path: { id: '{{webhookId}}' } },
    { does: 'updateWebhook', path: { id: '{{webhookId}}' } },
    { does: 'rotateWebhook', path: { id: '{{webhookId}}' } },
    { does: 'testWebhook', path: { id: '{{webhookId}}' }, save: { deliveryId: 'id' } },
    { does: 'listWebhookDeliveries', path: { id: '{{webhookId}}' } },
    { does: 'getWebhookDelivery', path: { id: '{{deliveryId}}' } },
    { does: 'replayWebhookDelivery', path: { id: '{{deliveryId}}' } },
    { does: 'replayWebhook', path: { id: '{{webhookId}}' }, body: { since: '{{now}}' } },
  ],
  'An order, from the shop to the door': [
    {
      does: 'createOrder',
      as: 'apiKey',
      body: {
        ...{ externalId: 'web-{{run}}', quoteId: '{{quoteId}}', dropoff: DOOR },
        ...{ cashOnDelivery: 27_000, proof: { photo: true, pin: true } },
      },
      save: { orderId: 'id', trackingToken: ['trackingUrl', TRACKING] },
    },
    { does: 'listOrders', as: 'apiKey', query: { externalId: 'web-{{run}}' } },
    { does: 'getOrder', as: 'apiKey', path: { id: '{{orderId}}' } },
    { does: 'updateOrder', as: 'apiKey', path: { id: '{{orderId}}' } },
    { does: 'suggestDrivers', path: { id: '{{orderId}}' } },
    { does: 'assignOrder', path: { id: '{{orderId}}' }, body: { driverId: '{{driverId}}' } },
    { does: 'unassignOrder', path: { id: '{{orderId}}' } },
    { does: 'assignOrder', name: 'again', path: { id: '{{orderId}}' }, body: { driverId: '{{driverId}}' } },
    { does: 'setDriverStops', path: { id: '{{driverId}}' }, body: { orderIds: ['{{orderId}}'] } },
    { does: 'listDriverOrders', as: 'driver', path: { id: 'me' } },
    { does: 'enterFleetRoom' },
    { does: 'enterOrderRoom', as: 'apiKey', path: { id: '{{orderId}}' } },
    {
      does: 'changeOrderStatus',
      name: 'picked up',
      as: 'driver',
      path: { id: '{{orderId}}' },
      body: move('picked_up'),
    },
    {
      does: 'ingestOsmAnd',
      as: 'nobody',
      query: { id: '{{deviceToken}}', lat: '-34.9061', lon: '-56.2017', timestamp: '{{$timestamp}}' },
    },
    {
      does: 'ingestTraccar',
      as: 'nobody',
      query: { id: '{{deviceToken}}', lat: '-34.9055', lon: '-56.1960', timestamp: '{{$timestamp}}' },
    },
    {
      does: 'ingestOwnTracks',
      as: 'deviceBasic',
      raw: {
        type: 'application/json',
        text: '{"_type":"location","lat":-34.9040,"lon":-56.1900,"acc":5,"tst":{{$timestamp}}}',
      },
    },
    {
      does: 'ingestOverland',
      as: 'device',
      raw: {
        type: 'application/json',
        text:
          '{"locations":[{"type":"Feature","geometry":{"type":"Point","coordinates":[-56.18,-34.903]},' +
          '"properties":{"timestamp":"{{now}}","horizontal_accuracy":5}}]}',
      },
    },
    { does: 'trackOrder', path: { token: '{{trackingToken}}' }, save: { pin: 'pin' } },
    { does: 'enterTrackingRoom', path: { token: '{{trackingToken}}' } },
    { does: 'createTrackingMessage', path: { token: '{{trackingToken}}' } },
    { does: 'createOrderMessage', as: 'driver', path: { id: '{{orderId}}' } },
    { does: 'listOrderMessages', path: { id: '{{orderId}}' } },
    { does: 'listTrackingMessages', path: { token: '{{trackingToken}}' } },
    { does: 'getTrackingNotifications', path: { token: '{{trackingToken}}' } },
    { does: 'setTrackingNotifications', path: { token: '{{trackingToken}}' } },
    {
      does: 'uploadOrderProof',
      as: 'driver',
      path: { id: '{{orderId}}' },
      query: { kind: 'photo' },
      raw: { type: 'image/webp', text: PICTURE },
      // 200 is for the same file again.
      status: 201,
      save: { proofId: 'id', proofToken: ['url', 'token=(.+)$'] },
    },
    { does: 'listOrderProofs', path: { id: '{{orderId}}' } },
    {
      does: 'openProofFile',
      path: { id: '{{proofId}}' },
      query: { token: '{{proofToken}}' },
    },
    { does: 'getOrderPin', path: { id: '{{orderId}}' } },
    {
      does: 'changeOrderStatus',
      name: 'delivered',
      as: 'driver',
      path: { id: '{{orderId}}' },
      body: move('delivered', {
        proof: { photoIds: ['{{proofId}}'], pin: '{{pin}}' },
        cashCollected: 27_000,
      }),
    },
    { does: 'rateOrder', path: { token: '{{trackingToken}}' } },
    { does: 'getTrackingRating', path: { token: '{{trackingToken}}' } },
    { does: 'getOrderRating', path: { id: '{{orderId}}' } },
    { does: 'listRatings' },
    { does: 'listOrderUpdates', as: 'apiKey', path: { id: '{{orderId}}' } },
    { does: 'getOrderTrail', path: { id: '{{orderId}}' } },
    {
      does: 'renewOrderTracking',
      path: { id: '{{orderId}}' },
      save: { trackingToken: ['trackingUrl', TRACKING] },
    },
  ],
  'Many orders, and one that goes wrong': [
    {
      does: 'createOrders',
      as: 'apiKey',
      body: { orders: [{ externalId: 'batch-{{run}}', dropoff: DOOR }] },
      save: { lateOrderId: 'results.0.order.id' },
    },
    {
      does: 'importOrders',
      query: { dryRun: 'true' },
      raw: {
        type: 'text/csv',
        text: 'dropoff_address,dropoff_name\n"Bulevar Artigas 1500, Montevideo",Lucía\n',
      },
      status: 200,
    },
    {
      does: 'assignOrder',
      name: 'of the batch',
      path: { id: '{{lateOrderId}}' },
      body: { driverId: '{{driverId}}' },
    },
    { does: 'cancelOrder', as: 'apiKey', path: { id: '{{lateOrderId}}' } },
    {
      does: 'changeOrderStatus',
      name: 'too late',
      as: 'driver',
      path: { id: '{{lateOrderId}}' },
      body: move('picked_up'),
      status: 202,
    },
    { does: 'listLateReports', query: { settled: 'false' }, save: { lateReportId: 'data.0.id' } },
    { does: 'settleLateReport', path: { id: '{{lateReportId}}' } },
    {
      does: 'createOrder',
      name: 'of the sandbox',
      as: 'apiKey',
      body: { sandbox: true, sandboxOutcome: 'delivered', dropoff: DOOR },
    },
    { does: 'exportOrders' },
    { does: 'exportCash' },
    { does: 'exportRatings' },
    { does: 'getAnalytics', as: 'apiKey' },
  ],
  Notifications: [
    { does: 'getNotificationSettings' },
    { does: 'updateNotificationSettings' },
    { does: 'previewNotification' },
    { does: 'testNotification', save: { notificationId: 'data.0.id' } },
    { does: 'listNotifications' },
    { does: 'getNotification', path: { id: '{{notificationId}}' } },
    // 409 while it is on its way.
    { does: 'resendNotification', path: { id: '{{notificationId}}' }, status: [202, 409] },
    // The link of an email, which is not told here.
    { does: 'askUnsubscribe', path: { token: 'none' }, status: 404 },
    { does: 'confirmUnsubscribe', path: { token: 'none' }, status: 404 },
    // 404 without VAPID keys.
    { does: 'getPushKey', status: [200, 404] },
    { does: 'subscribePush' },
    { does: 'unsubscribePush' },
    { does: 'subscribeTrackingPush', path: { token: '{{trackingToken}}' } },
    { does: 'unsubscribeTrackingPush', path: { token: '{{trackingToken}}' } },
  ],
  'The end of the day': [
    {
      does: 'setDriverShift',
      name: 'and count the cash',
      as: 'driver',
      path: { id: 'me' },
      body: { status: 'offline', cashCounted: 27_000 },
    },
    { does: 'listShifts', save: { shiftId: 'data.0.id' } },
    { does: 'getShift', path: { id: '{{shiftId}}' } },
    { does: 'deleteDriverDevice', path: { id: '{{driverId}}', deviceId: '{{deviceId}}' } },
    { does: 'deleteDriver', path: { id: '{{driverId}}' } },
    { does: 'deleteCustomer', path: { id: '{{customerId}}' } },
    { does: 'deleteZone', path: { id: '{{zoneId}}' } },
    { does: 'deleteWebhook', path: { id: '{{webhookId}}' } },
    { does: 'deleteApiKey', path: { id: '{{apiKeyId}}' } },
    { does: 'deleteUser', path: { id: '{{userId}}' } },
    { does: 'forgotPassword', body: { email: EMAIL } },
    // What the message says is not told here.
    { does: 'resetPassword', status: 404 },
    { does: 'changePassword' },
    { does: 'listAudit' },
    { does: 'logOut', body: { refreshToken: '{{refreshToken}}' } },
  ],
};
