import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { onceFor } from '../idempotency.ts';
import { createWebhook, createWebhookRoute } from './create.ts';
import { editWebhook, editWebhookRoute } from './edit.ts';
import { getWebhook, getWebhookRoute } from './get.ts';
import { getDelivery, getDeliveryRoute } from './get-delivery.ts';
import { listWebhooks, listWebhooksRoute } from './list.ts';
import { listDeliveries, listDeliveriesRoute } from './list-deliveries.ts';
import { removeWebhook, removeWebhookRoute } from './remove.ts';
import { replayDead, replayDeadRoute } from './replay-dead.ts';
import { replayDelivery, replayDeliveryRoute } from './replay-delivery.ts';
import { rotateWebhook, rotateWebhookRoute } from './rotate.ts';
import { testWebhook, testWebhookRoute } from './send-test.ts';

/** No proxy or browser may keep an answer that holds a secret. */
const SECRET = { 'Cache-Control': 'no-store' };

export const webhooks = (deps: Deps) =>
  router()
    .openapi(createWebhookRoute, async (c) => {
      const input = c.req.valid('json');
      return c.json(await createWebhook(deps, c.var.actor, input, onceFor(c, input)), 201, SECRET);
    })
    .openapi(listWebhooksRoute, async (c) =>
      c.json(await listWebhooks(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(getWebhookRoute, async (c) =>
      c.json(await getWebhook(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(editWebhookRoute, async (c) =>
      c.json(await editWebhook(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(removeWebhookRoute, async (c) => {
      await removeWebhook(deps, c.var.actor, c.req.valid('param').id);
      return c.body(null, 204);
    })
    .openapi(rotateWebhookRoute, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await rotateWebhook(deps, c.var.actor, id, onceFor(c, {})), 200, SECRET);
    })
    .openapi(testWebhookRoute, async (c) =>
      c.json(await testWebhook(deps, c.var.actor, c.req.valid('param').id), 202),
    )
    .openapi(listDeliveriesRoute, async (c) =>
      c.json(await listDeliveries(deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
    )
    .openapi(replayDeadRoute, async (c) =>
      c.json(await replayDead(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 202),
    )
    .openapi(getDeliveryRoute, async (c) =>
      c.json(await getDelivery(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(replayDeliveryRoute, async (c) =>
      c.json(await replayDelivery(deps, c.var.actor, c.req.valid('param').id), 202),
    );
