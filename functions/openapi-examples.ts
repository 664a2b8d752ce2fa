const PICKUP = {
  address: 'Sarandí 500, Montevideo',
  location: { lat: -34.9061, lng: -56.2017 },
};
const DROPOFF = {
  address: 'Bulevar Artigas 1500, Montevideo',
  location: { lat: -34.9005, lng: -56.1652 },
  contact: { name: 'Lucía Pérez', phone: '+598 99 123 456', email: 'lucia@example.com' },
  instructions: 'Second bell',
};
const ORDER = {
  externalId: 'web-1042',
  pickup: PICKUP,
  dropoff: DROPOFF,
  items: [{ name: 'Medialunas', quantity: 6, price: 4500 }],
  total: 27_000,
  cashOnDelivery: 27_000,
  proof: { photo: true },
};
const { contact: _, instructions: __, ...PLACE } = DROPOFF;
const ID = '0199a000-0000-7000-8000-000000000001';
const SUBSCRIPTION = {
  endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/example',
  keys: {
    // Appendix A of RFC 8291.
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
  language: 'en',
};

/** A body of each operation that has one in JSON, by operationId: shown in the reference, and sent by the Postman collection. */
export const EXAMPLES: Record<string, unknown> = {
  signUp: {
    name: 'Café Sur',
    email: 'you@example.com',
    password: 'choose a long one',
    timezone: 'America/Montevideo',
    currency: 'UYU',
    address: PICKUP.address,
    location: PICKUP.location,
  },
  logIn: { email: 'you@example.com', password: 'choose a long one' },
  refreshSession: { refreshToken: 'the one of the last answer' },
  logOut: { refreshToken: 'the one of the last answer' },
  acceptInvitation: { token: 'what follows /invite/ in the link' },
  forgotPassword: { email: 'you@example.com' },
  resetPassword: { token: 'what the message said', password: 'choose another long one' },
  changePassword: { currentPassword: 'choose a long one', password: 'choose another long one' },
  updateMerchant: { color: '#0f766e', preparationMinutes: 15 },
  inviteUser: { name: 'Bruno Díaz', email: 'bruno@example.com', role: 'manager' },
  createApiKey: { name: 'Web shop', scopes: ['orders:read', 'orders:write'] },

  createOrder: ORDER,
  createOrders: { orders: [{ ...ORDER, externalId: 'web-1043' }] },
  updateOrder: { notes: 'Call before you come', tip: 5000 },
  assignOrder: { driverId: ID },
  unassignOrder: { reason: 'Somebody else is nearer' },
  cancelOrder: { reasonCode: 'customer_cancelled' },
  changeOrderStatus: { status: 'picked_up', updateId: ID, occurredAt: '2026-11-22T12:00:00.000Z' },
  createOrderMessage: { text: 'I am at the door.' },
  createQuote: { pickup: PICKUP, dropoff: PLACE },
  settleLateReport: { apply: false, note: 'Spoke to the driver' },

  createZone: {
    name: 'Centro',
    area: {
      type: 'Polygon',
      coordinates: [
        [
          [-56.22, -34.93],
          [-56.13, -34.93],
          [-56.13, -34.87],
          [-56.22, -34.87],
          [-56.22, -34.93],
        ],
      ],
    },
    fee: { base: 9000, perKm: 2000, minimum: 10_000 },
  },
  updateZone: { fee: { base: 10_000 } },

  createDriver: { name: 'Ana Pérez', phone: '+598 99 765 432', vehicleType: 'bicycle' },
  updateDriver: { vehicleType: 'motorcycle' },
  setDriverShift: { status: 'available' },
  setDriverStops: { orderIds: [ID] },
  createDriverDevice: { name: "Ana's phone" },

  createCustomer: { name: 'Lucía Pérez', phone: '+598 99 123 456', ...PLACE },
  updateCustomer: { address: 'Bulevar Artigas 1502, Montevideo' },

  createTrackingMessage: { text: 'The bell does not work, please knock.' },
  rateOrder: { stars: 5, comment: 'Still warm!' },
  subscribeTrackingPush: SUBSCRIPTION,
  unsubscribeTrackingPush: { endpoint: SUBSCRIPTION.endpoint },
  setTrackingNotifications: { optOut: ['sms'] },

  createWebhook: {
    url: 'https://shop.example/dropmate',
    events: ['order.delivered', 'order.failed'],
    description: 'Web shop',
  },
  updateWebhook: { events: ['order.delivered', 'order.failed', 'order.returned'] },
  replayWebhook: { since: '2026-11-22T00:00:00.000Z' },

  updateNotificationSettings: {
    settings: [{ event: 'customer.delivered', channel: 'email', enabled: false }],
  },
  previewNotification: { event: 'customer.on_the_way', channel: 'sms', language: 'es' },
  testNotification: { channel: 'email', to: 'you@example.com' },
  subscribePush: SUBSCRIPTION,
  unsubscribePush: { endpoint: SUBSCRIPTION.endpoint },
};
