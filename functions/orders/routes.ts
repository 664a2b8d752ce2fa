import { router } from '../api.ts';
import { readSheet } from '../csv/read-sheet.ts';
import type { Deps } from '../deps.ts';
import { etag, expectedVersion } from '../etag.ts';
import { onceFor, onceForPart } from '../idempotency.ts';
import { assignOrder, assignOrderRoute } from './assign.ts';
import { cancelOrder, cancelOrderRoute } from './cancel.ts';
import { changeStatus, changeStatusRoute } from './change-status.ts';
import { createOrder, createOrderRoute } from './create.ts';
import { createBatch, createBatchRoute } from './create-batch.ts';
import { editOrder, editOrderRoute } from './edit.ts';
import { enterFleetRoom, enterFleetRoomRoute, enterOrderRoom, enterOrderRoomRoute } from './enter-room.ts';
import { getOrder, getOrderRoute } from './get.ts';
import { getTrail, getTrailRoute } from './get-trail.ts';
import { importOrders, importOrdersRoute } from './import.ts';
import { listOrders, listOrdersRoute } from './list.ts';
import { listUpdates, listUpdatesRoute } from './list-updates.ts';
import { orderFromRow } from './order.ts';
import { renewTracking, renewTrackingRoute } from './renew-tracking.ts';
import { suggestDrivers, suggestDriversRoute } from './suggest.ts';
import { unassignOrder, unassignOrderRoute } from './unassign.ts';

const tag = (order: { version: number }) => ({ ETag: etag(order.version) });

export const orders = (deps: Deps) =>
  router()
    .openapi(createOrderRoute, async (c) => {
      const input = c.req.valid('json');
      const order = await createOrder(deps, c.var.actor, input, onceFor(c, input));
      return c.json(order, 201, { ...tag(order), Location: `/v1/orders/${order.id}` });
    })
    .openapi(createBatchRoute, async (c) =>
      c.json(
        await createBatch(deps, c.var.actor, c.req.valid('json'), (order, index) =>
          onceForPart(c, order, index),
        ),
        200,
      ),
    )
    .openapi(importOrdersRoute, async (c) => {
      const [text, options] = [await readSheet(c), c.req.valid('query')];
      const once = options.dryRun === 'true' ? undefined : onceFor(c, { text, options });
      const result = await importOrders(deps, c.var.actor, text, options, once);
      return result.dryRun ? c.json(result, 200) : c.json(result, 201);
    })
    .openapi(listOrdersRoute, async (c) =>
      c.json(await listOrders(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(getOrderRoute, async (c) => {
      const row = await getOrder(deps, c.var.actor, c.req.valid('param').id);
      return c.json(orderFromRow(deps, c.var.actor, row), 200, tag(row));
    })
    .openapi(editOrderRoute, async (c) => {
      const version = expectedVersion(c.req.valid('header')['if-match']);
      const order = await editOrder(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json'), version);
      return c.json(order, 200, tag(order));
    })
    .openapi(assignOrderRoute, async (c) => {
      const version = expectedVersion(c.req.valid('header')['if-match']);
      const order = await assignOrder(
        deps,
        c.var.actor,
        c.req.valid('param').id,
        c.req.valid('json'),
        version,
      );
      return c.json(order, 200, tag(order));
    })
    .openapi(unassignOrderRoute, async (c) => {
      const version = expectedVersion(c.req.valid('header')['if-match']);
      const why = c.req.valid('json');
      const order = await unassignOrder(deps, c.var.actor, c.req.valid('param').id, why, version);
      return c.json(order, 200, tag(order));
    })
    .openapi(cancelOrderRoute, async (c) => {
      const version = expectedVersion(c.req.valid('header')['if-match']);
      const why = c.req.valid('json');
      const order = await cancelOrder(deps, c.var.actor, c.req.valid('param').id, why, version);
      return c.json(order, 200, tag(order));
    })
    .openapi(changeStatusRoute, async (c) => {
      const version = expectedVersion(c.req.valid('header')['if-match']);
      const { id } = c.req.valid('param');
      const result = await changeStatus(deps, c.var.actor, id, c.req.valid('json'), version);
      return 'lateReport' in result ? c.json(result, 202) : c.json(result, 200, tag(result));
    })
    .openapi(listUpdatesRoute, async (c) =>
      c.json(await listUpdates(deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
    )
    .openapi(getTrailRoute, async (c) =>
      c.json(await getTrail(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(suggestDriversRoute, async (c) =>
      c.json(
        { data: await suggestDrivers(deps, c.var.actor, c.req.valid('param').id), nextCursor: null },
        200,
      ),
    )
    .openapi(renewTrackingRoute, async (c) =>
      c.json(await renewTracking(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(enterOrderRoomRoute, async (c) =>
      c.json(await enterOrderRoom(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(enterFleetRoomRoute, async (c) => c.json(await enterFleetRoom(deps, c.var.actor), 200));
