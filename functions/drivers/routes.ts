import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { etag, expectedVersion } from '../etag.ts';
import { onceFor } from '../idempotency.ts';
import { addDevice, addDeviceRoute } from './add-device.ts';
import { createDriver, createDriverRoute } from './create.ts';
import { editDriver, editDriverRoute } from './edit.ts';
import { getDriver, getDriverRoute } from './get.ts';
import { getShift, getShiftRoute } from './get-shift.ts';
import { inviteDriver, inviteDriverRoute } from './invite.ts';
import { listDrivers, listDriversRoute } from './list.ts';
import { listDevices, listDevicesRoute } from './list-devices.ts';
import { listDriverOrders, listDriverOrdersRoute } from './list-orders.ts';
import { listShifts, listShiftsRoute } from './list-shifts.ts';
import { removeDriver, removeDriverRoute } from './remove.ts';
import { revokeDevice, revokeDeviceRoute } from './revoke-device.ts';
import { setShift, setShiftRoute } from './set-shift.ts';
import { setStops, setStopsRoute } from './set-stops.ts';

const tag = (driver: { version: number }) => ({ ETag: etag(driver.version) });

export const drivers = (deps: Deps) =>
  router()
    .openapi(createDriverRoute, async (c) => {
      const input = c.req.valid('json');
      const driver = await createDriver(deps, c.var.actor, input, onceFor(c, input));
      return c.json(driver, 201, { ...tag(driver), Location: `/v1/drivers/${driver.id}` });
    })
    .openapi(listDriversRoute, async (c) =>
      c.json(await listDrivers(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(getDriverRoute, async (c) => {
      const driver = await getDriver(deps, c.var.actor, c.req.valid('param').id);
      return c.json(driver, 200, tag(driver));
    })
    .openapi(editDriverRoute, async (c) => {
      const version = expectedVersion(c.req.valid('header')['if-match']);
      const driver = await editDriver(
        deps,
        c.var.actor,
        c.req.valid('param').id,
        c.req.valid('json'),
        version,
      );
      return c.json(driver, 200, tag(driver));
    })
    .openapi(removeDriverRoute, async (c) => {
      await removeDriver(deps, c.var.actor, c.req.valid('param').id);
      return c.body(null, 204);
    })
    .openapi(inviteDriverRoute, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await inviteDriver(deps, c.var.actor, id, onceFor(c, {})), 201);
    })
    .openapi(setShiftRoute, async (c) => {
      const driver = await setShift(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json'));
      return c.json(driver, 200, tag(driver));
    })
    .openapi(listShiftsRoute, async (c) =>
      c.json(await listShifts(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(getShiftRoute, async (c) =>
      c.json(await getShift(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(listDriverOrdersRoute, async (c) =>
      c.json(await listDriverOrders(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(setStopsRoute, async (c) =>
      c.json(await setStops(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(addDeviceRoute, async (c) => {
      const input = c.req.valid('json');
      const { id } = c.req.valid('param');
      return c.json(await addDevice(deps, c.var.actor, id, input, onceFor(c, input)), 201);
    })
    .openapi(listDevicesRoute, async (c) =>
      c.json(await listDevices(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(revokeDeviceRoute, async (c) => {
      const { id, deviceId } = c.req.valid('param');
      await revokeDevice(deps, c.var.actor, id, deviceId);
      return c.body(null, 204);
    });
