import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import {
  followByPush,
  followByPushRoute,
  getPreferences,
  getPreferencesRoute,
  optOut,
  optOutRoute,
  unfollowByPush,
  unfollowByPushRoute,
} from './by-link.ts';
import { editSettings, editSettingsRoute } from './edit-settings.ts';
import { getNotification, getNotificationRoute } from './get.ts';
import { listNotifications, listNotificationsRoute } from './list.ts';
import { preview, previewRoute } from './preview.ts';
import { resendNotification, resendNotificationRoute } from './resend.ts';
import { testNotification, testNotificationRoute } from './send-test.ts';
import { getSettings, getSettingsRoute } from './settings.ts';
import {
  getPushKey,
  getPushKeyRoute,
  subscribeRoute,
  subscribeUser,
  unsubscribeRoute,
  unsubscribeUser,
} from './subscribe.ts';
import {
  askUnsubscribe,
  askUnsubscribeRoute,
  confirmUnsubscribe,
  confirmUnsubscribeRoute,
} from './unsubscribe.ts';

/** For managers, API keys and drivers; and what an email's unsubscribe link opens. */
export const notifications = (deps: Deps) =>
  router()
    .openapi(listNotificationsRoute, async (c) =>
      c.json(await listNotifications(deps, c.var.actor, c.req.valid('query')), 200),
    )
    // Before those with an id, which is no word.
    .openapi(getSettingsRoute, async (c) => c.json(await getSettings(deps, c.var.actor), 200))
    .openapi(editSettingsRoute, async (c) =>
      c.json(await editSettings(deps, c.var.actor, c.req.valid('json')), 200),
    )
    .openapi(previewRoute, async (c) => c.json(await preview(deps, c.var.actor, c.req.valid('json')), 200))
    .openapi(testNotificationRoute, async (c) =>
      c.json(await testNotification(deps, c.var.actor, c.req.valid('json')), 202),
    )
    .openapi(getNotificationRoute, async (c) =>
      c.json(await getNotification(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(resendNotificationRoute, async (c) =>
      c.json(await resendNotification(deps, c.var.actor, c.req.valid('param').id), 202),
    )
    .openapi(getPushKeyRoute, (c) => c.json(getPushKey(deps), 200))
    .openapi(subscribeRoute, async (c) =>
      c.json(await subscribeUser(deps, c.var.actor, c.req.valid('json')), 201),
    )
    .openapi(unsubscribeRoute, async (c) => {
      await unsubscribeUser(deps, c.var.actor, c.req.valid('json').endpoint);
      return c.body(null, 204);
    })
    .openapi(askUnsubscribeRoute, async (c) => askUnsubscribe(deps, c, c.req.valid('param').token))
    .openapi(confirmUnsubscribeRoute, async (c) => confirmUnsubscribe(deps, c, c.req.valid('param').token));

/** For whoever holds a customer's link: the token in the path is the credential. */
export const notificationsByLink = (deps: Deps) => {
  const routes = router();
  routes.use('/v1/tracking/*', async (c, next) => {
    c.header('Cache-Control', 'private, no-store');
    await next();
  });
  return routes
    .openapi(followByPushRoute, async (c) =>
      c.json(await followByPush(deps, c.req.valid('param').token, c.req.valid('json')), 201),
    )
    .openapi(unfollowByPushRoute, async (c) => {
      await unfollowByPush(deps, c.req.valid('param').token, c.req.valid('json').endpoint);
      return c.body(null, 204);
    })
    .openapi(getPreferencesRoute, async (c) =>
      c.json(await getPreferences(deps, c.req.valid('param').token), 200),
    )
    .openapi(optOutRoute, async (c) =>
      c.json(await optOut(deps, c.req.valid('param').token, c.req.valid('json')), 200),
    );
};
