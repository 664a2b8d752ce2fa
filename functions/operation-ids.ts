export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

/** Where the path does not say it well. */
const NAMED: Record<string, string> = {
  'post /v1/merchants': 'signUp',
  'post /v1/auth/login': 'logIn',
  'post /v1/auth/logout': 'logOut',
  'post /v1/auth/refresh': 'refreshSession',
  'post /v1/auth/invite': 'acceptInvitation',
  'post /v1/auth/password/forgot': 'forgotPassword',
  'post /v1/auth/password/reset': 'resetPassword',
  'get /.well-known/jwks.json': 'getPublicKeys',
  'get /v1/audit': 'listAudit',
  'post /v1/users': 'inviteUser',
  'put /v1/users/me/password': 'changePassword',
  'post /v1/orders/{id}/status': 'changeOrderStatus',
  'post /v1/orders/batch': 'createOrders',
  'post /v1/orders/import': 'importOrders',
  'get /v1/orders/export': 'exportOrders',
  'get /v1/orders/export/cash': 'exportCash',
  'get /v1/orders/export/ratings': 'exportRatings',
  'get /v1/orders/{id}/room': 'enterOrderRoom',
  'get /v1/fleet/room': 'enterFleetRoom',
  'post /v1/orders/{id}/proofs': 'uploadOrderProof',
  'get /v1/proofs/{id}/file': 'openProofFile',
  'get /v1/orders/{id}/suggestions': 'suggestDrivers',
  'get /v1/tracking/{token}': 'trackOrder',
  'get /v1/tracking/{token}/room': 'enterTrackingRoom',
  'post /v1/tracking/{token}/rating': 'rateOrder',
  'get /v1/tracking/{token}/notifications': 'getTrackingNotifications',
  'post /v1/tracking/{token}/notifications': 'setTrackingNotifications',
  'post /v1/tracking/{token}/push': 'subscribeTrackingPush',
  'delete /v1/tracking/{token}/push': 'unsubscribeTrackingPush',
  'post /v1/push/subscriptions': 'subscribePush',
  'delete /v1/push/subscriptions': 'unsubscribePush',
  'get /v1/notifications/unsubscribe/{token}': 'askUnsubscribe',
  'post /v1/notifications/unsubscribe/{token}': 'confirmUnsubscribe',
  'get /v1/ingest/osmand': 'ingestOsmAnd',
  'post /v1/ingest/osmand': 'ingestTraccar',
  'post /v1/ingest/owntracks': 'ingestOwnTracks',
  'post /v1/ingest/overland': 'ingestOverland',
};

/** Plural in form alone. */
const NO_LISTS = ['analytics', 'settings'];

/**
 * The operationId of a route, by which generators name a function: `createOrder`, `listOrderUpdates`, `assignOrder`. It
 * follows from method and path, so that it stays; a route whose path reads badly is named above.
 */
export function operationId(method: Method, path: string): string {
  const named = NAMED[`${method} ${path}`];
  if (named !== undefined) return named;
  const parts = path.replace(/^\/v1\//, '').split('/');
  const words = parts.flatMap((part, index) => {
    if (isOne(part)) return [];
    const ofAll = index === parts.length - 1;
    return [ofAll ? part : singular(part)];
  });
  const last = parts.at(-1) ?? '';
  const isList = !isOne(last) && last.endsWith('s') && !NO_LISTS.includes(last);
  switch (method) {
    case 'get':
      return camelCase(isList ? 'list' : 'get', words);
    case 'post':
      // Of a list: one more. Else its last word is what is done.
      return isList
        ? camelCase('create', [...words.slice(0, -1), singular(last)])
        : camelCase(last, words.slice(0, -1));
    case 'put':
      return camelCase('set', words);
    case 'patch':
      return camelCase('update', words);
    case 'delete':
      return camelCase('delete', words);
  }
}

/** Stands for one thing of the list before it. */
const isOne = (part: string | undefined): boolean => part === 'me' || (part?.startsWith('{') ?? false);

const singular = (plural: string): string => plural.replace(/ies$/, 'y').replace(/s$/, '');

/** The words in camelCase. */
const camelCase = (verb: string, words: readonly string[]): string =>
  [verb, ...words]
    .flatMap((word) => word.split(/[-.]/))
    .map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
    .join('');
