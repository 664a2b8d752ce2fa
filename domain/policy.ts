import { AppError } from './errors.ts';

export const ROLES = ['manager', 'driver'] as const;
export type Role = (typeof ROLES)[number];

/** What an API key may be allowed to do. */
export const SCOPES = [
  'orders:read',
  'orders:write',
  'drivers:read',
  'drivers:write',
  'customers:read',
  'customers:write',
  'zones:read',
  'zones:write',
  'webhooks:read',
  'webhooks:write',
  'notifications:read',
  'analytics:read',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is asking. A customer's link is no actor: it opens one order's tracking view and nothing else. */
export type Actor =
  | { type: 'manager'; merchantId: string; userId: string }
  | { type: 'driver'; merchantId: string; userId: string; driverId: string }
  | { type: 'api_key'; merchantId: string; keyId: string; scopes: readonly Scope[] };

export type ActorOf<T extends Actor['type']> = Extract<Actor, { type: T }>;

/**
 * Who may do what. A manager may do everything here; a driver what is marked `own` (their own orders and themselves,
 * which the verb's query enforces) or `all`; an API key what its scopes name.
 */
const RULES = {
  'merchant:read': { driver: 'all' },
  'merchant:write': {},
  'users:read': {},
  'users:write': {},
  'api_keys:read': {},
  'api_keys:write': {},
  'orders:read': { driver: 'own', scope: 'orders:read' },
  'orders:create': { scope: 'orders:write' },
  'orders:edit': { scope: 'orders:write' },
  'orders:assign': { scope: 'orders:write' },
  'orders:cancel': { scope: 'orders:write' },
  'orders:move': { driver: 'own', scope: 'orders:write' },
  'orders:export': { scope: 'orders:read' },
  'orders:watch': { driver: 'own', scope: 'orders:read' },
  'fleet:watch': { driver: 'own' },
  'drivers:read': { driver: 'own', scope: 'drivers:read' },
  'drivers:write': { scope: 'drivers:write' },
  'drivers:shift': { driver: 'own', scope: 'drivers:write' },
  'drivers:stops': { driver: 'own', scope: 'drivers:write' },
  'drivers:devices': { driver: 'own', scope: 'drivers:write' },
  'customers:read': { scope: 'customers:read' },
  'customers:write': { scope: 'customers:write' },
  'orders:pin': {},
  'orders:prove': { driver: 'own', scope: 'orders:write' },
  'orders:chat': { driver: 'own', scope: 'orders:write' },
  'ratings:read': { scope: 'orders:read' },
  'quotes:create': { scope: 'orders:write' },
  'zones:read': { driver: 'all', scope: 'zones:read' },
  'zones:write': { scope: 'zones:write' },
  'shifts:read': { driver: 'own', scope: 'drivers:read' },
  'late_reports:read': { scope: 'orders:read' },
  'late_reports:settle': { scope: 'orders:write' },
  'webhooks:read': { scope: 'webhooks:read' },
  'webhooks:write': { scope: 'webhooks:write' },
  'notifications:read': { scope: 'notifications:read' },
  'notifications:write': {},
  'push:subscribe': { driver: 'all' },
  'analytics:read': { scope: 'analytics:read' },
  'audit:read': {},
  'self:write': { driver: 'own' },
} as const satisfies Record<string, { driver?: 'own' | 'all'; scope?: Scope }>;

export type Action = keyof typeof RULES;
export const ACTIONS = Object.keys(RULES) as Action[];

/** Whether the actor may do this at all. Which rows it reaches is the query's part: `driverScope` says. */
export function can(actor: Actor, action: Action): boolean {
  const rule: { driver?: 'own' | 'all'; scope?: Scope } = RULES[action];
  switch (actor.type) {
    case 'manager':
      return true;
    case 'driver':
      return rule.driver !== undefined;
    case 'api_key':
      return rule.scope !== undefined && actor.scopes.includes(rule.scope);
  }
}

/** The first line of each verb. Throws `forbidden`. */
export function authorise(actor: Actor, action: Action): void {
  if (!can(actor, action)) throw new AppError('forbidden', `You may not do this (${action}).`);
}

/** The driver to whose rows the actor is limited, or null for the whole merchant. */
export function driverScope(actor: Actor): string | null {
  return actor.type === 'driver' ? actor.driverId : null;
}

/** How the actor is written into logs and audit: no personal data. */
export function actorId(actor: Actor): string {
  return actor.type === 'api_key' ? actor.keyId : actor.userId;
}
