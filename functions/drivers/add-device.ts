import { randomBytes } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { devices } from '../../db/schema/drivers.ts';
import { hashToken } from '../../db/tracking-token.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { Device, deviceFromRow } from './device.ts';
import { DriverParam, lockDriver, reachableDriver } from './driver.ts';
import { TrackerSetups, trackerSetups } from './tracker-setup.ts';

export const NewDevice = z.strictObject({ name: text(100) }).openapi('NewDevice');

export const AddedDevice = Device.extend({ token: z.string(), setup: TrackerSetups }).openapi('AddedDevice');

export const addDeviceRoute = createRoute({
  method: 'post',
  path: '/v1/drivers/{id}/devices',
  summary: 'Add a phone tracker',
  tags: ['Drivers'],
  ...secured('drivers:devices'),
  request: { params: DriverParam, headers: IdempotencyKey, body: body(NewDevice) },
  responses: {
    201: answer(AddedDevice, 'The device, with its token, shown this once, and how to set up each app'),
    ...securedProblems('not_found', 'conflict', 'unprocessable'),
  },
});

/** The driver, managers and API keys. Throws `not_found`. */
export async function addDevice(
  deps: Deps,
  actor: Actor,
  id: string,
  { name }: z.infer<typeof NewDevice>,
  once: Once | undefined,
) {
  const { merchantId } = actor;
  const driverId = reachableDriver(actor, id);
  const token = newDeviceToken();
  return createOnce(deps, actor, once, async (tx) => {
    // Locked, so that a removal meanwhile finds this device too.
    await lockDriver(tx, merchantId, driverId);
    const row = { merchantId, id: uuidv7(), driverId, name, tokenHash: hashToken(token) };
    const [device] = await tx.insert(devices).values(row).returning();
    if (device === undefined) throw new Error('The insert returned no device.');
    const phone = { publicUrl: deps.links.publicUrl, token, deviceName: name };
    return { ...deviceFromRow(device), token, setup: trackerSetups(phone) };
  });
}

/** 128 random bits: short enough to be typed into an app that takes no link. functions/ingest/credentials.ts knows the form. */
const newDeviceToken = (): string => `dm_dev_${randomBytes(16).toString('base64url')}`;
