import { describe, expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { ACTIONS, type Actor, actorId, authorise, can, driverScope, SCOPES } from './policy.ts';

/** Who may do what, written out: manager always; d when a driver may; the scope that lets an API key. */
const EXPECTED = `
  merchant:read    d -
  merchant:write   - -
  users:read       - -
  users:write      - -
  api_keys:read    - -
  api_keys:write   - -
  orders:read      d orders:read
  orders:create    - orders:write
  orders:edit      - orders:write
  orders:assign    - orders:write
  orders:cancel    - orders:write
  orders:move      d orders:write
  orders:export    - orders:read
  orders:watch     d orders:read
  fleet:watch      d -
  drivers:read     d drivers:read
  drivers:write    - drivers:write
  drivers:shift    d drivers:write
  drivers:stops    d drivers:write
  drivers:devices  d drivers:write
  customers:read   - customers:read
  customers:write  - customers:write
  orders:pin       - -
  orders:prove     d orders:write
  orders:chat      d orders:write
  ratings:read     - orders:read
  quotes:create    - orders:write
  zones:read       d zones:read
  zones:write      - zones:write
  shifts:read      d drivers:read
  late_reports:read    - orders:read
  late_reports:settle  - orders:write
  webhooks:read    - webhooks:read
  webhooks:write   - webhooks:write
  notifications:read   - notifications:read
  notifications:write  - -
  push:subscribe   d -
  analytics:read   - analytics:read
  audit:read       - -
  self:write       d -
`;

const expected = EXPECTED.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
  .map(([action, driver, scope]) => ({
    action,
    driver: driver === 'd',
    scope: scope === '-' ? null : scope,
  }));

const MERCHANT = '0198a000-0000-7000-8000-000000000001';
const manager: Actor = { type: 'manager', merchantId: MERCHANT, userId: 'user-1' };
const driver: Actor = { type: 'driver', merchantId: MERCHANT, userId: 'user-2', driverId: 'driver-2' };
const keyWith = (...scopes: (typeof SCOPES)[number][]): Actor => ({
  type: 'api_key',
  merchantId: MERCHANT,
  keyId: 'key-3',
  scopes,
});

describe('who may do what', () => {
  test('every action has an expectation here', () => {
    expect(expected.map(({ action }) => action)).toEqual([...ACTIONS]);
  });

  test.each(ACTIONS.map((action, row) => ({ ...expected[row], action })))('$action', (row) => {
    expect(can(manager, row.action)).toBe(true);
    expect(can(driver, row.action)).toBe(row.driver);
    for (const scope of SCOPES) expect(can(keyWith(scope), row.action)).toBe(scope === row.scope);
    expect(can(keyWith(), row.action)).toBe(false);
    expect(can(keyWith(...SCOPES), row.action)).toBe(row.scope !== null);
  });

  test('no API key reaches users, keys or the merchant itself, whatever its scopes', () => {
    const reached = ACTIONS.filter((action) => can(keyWith(...SCOPES), action));
    expect(reached.filter((action) => /^(users|api_keys|merchant|fleet|self):/.test(action))).toEqual([]);
  });
});

test('a refusal is thrown as forbidden, a permission is silent', () => {
  expect(() => authorise(manager, 'orders:cancel')).not.toThrow();
  expect(() => authorise(driver, 'orders:cancel')).toThrow(AppError);
  expect(() => authorise(driver, 'orders:cancel')).toThrow(expect.objectContaining({ code: 'forbidden' }));
});

test('only a driver is limited to their own rows', () => {
  expect(driverScope(driver)).toBe('driver-2');
  expect(driverScope(manager)).toBeNull();
  expect(driverScope(keyWith('orders:read'))).toBeNull();
});

test('an actor is logged by an id', () => {
  expect([manager, driver, keyWith()].map(actorId)).toEqual(['user-1', 'user-2', 'key-3']);
});
