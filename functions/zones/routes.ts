import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { onceFor } from '../idempotency.ts';
import { createZone, createZoneRoute } from './create.ts';
import { editZone, editZoneRoute } from './edit.ts';
import { getZone, getZoneRoute } from './get.ts';
import { listZones, listZonesRoute } from './list.ts';
import { removeZone, removeZoneRoute } from './remove.ts';

export const zones = (deps: Deps) =>
  router()
    .openapi(createZoneRoute, async (c) => {
      const input = c.req.valid('json');
      const zone = await createZone(deps, c.var.actor, input, onceFor(c, input));
      return c.json(zone, 201, { Location: `/v1/zones/${zone.id}` });
    })
    .openapi(listZonesRoute, async (c) =>
      c.json(await listZones(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(getZoneRoute, async (c) =>
      c.json(await getZone(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(editZoneRoute, async (c) =>
      c.json(await editZone(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(removeZoneRoute, async (c) => {
      await removeZone(deps, c.var.actor, c.req.valid('param').id);
      return c.body(null, 204);
    });
