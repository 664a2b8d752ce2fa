import { createRoute, z } from '@hono/zod-openapi';
import { notFound } from '../../domain/errors.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import {
  KnownSubscription,
  type Owner,
  PushEndpoint,
  PushSubscription,
  subscribe,
  unsubscribe,
} from './subscription.ts';

export const subscribeRoute = createRoute({
  method: 'post',
  path: '/v1/push/subscriptions',
  summary: 'Let messages come to this browser',
  description: 'Your own; the same one again changes nothing.',
  tags: ['Notifications'],
  ...secured('push:subscribe'),
  request: { body: body(PushSubscription) },
  responses: {
    201: answer(KnownSubscription, 'The browser as it is known'),
    ...securedProblems('unprocessable'),
  },
});

export const unsubscribeRoute = createRoute({
  method: 'delete',
  path: '/v1/push/subscriptions',
  summary: 'Let no more messages come to this browser',
  tags: ['Notifications'],
  ...secured('push:subscribe'),
  request: { body: body(PushEndpoint) },
  responses: { 204: { description: 'None come there' }, ...securedProblems() },
});

export const getPushKeyRoute = createRoute({
  method: 'get',
  path: '/v1/push/key',
  summary: 'The key that browsers subscribe with (`applicationServerKey`)',
  tags: ['Notifications'],
  ...secured('push:subscribe'),
  responses: {
    200: answer(z.object({ key: z.string() }).openapi('PushKey'), 'The public VAPID key'),
    ...securedProblems('not_found'),
  },
});

const ownerOf = (actor: Actor): Owner => ({ merchantId: actor.merchantId, userId: actorId(actor) });

/** Managers and drivers, each for themselves. Throws as `subscribe`. */
export const subscribeUser = (deps: Deps, actor: Actor, subscription: PushSubscription) =>
  subscribe(deps, ownerOf(actor), subscription);

export const unsubscribeUser = (deps: Deps, actor: Actor, endpoint: string) =>
  unsubscribe(deps, ownerOf(actor), endpoint);

/** Throws `not_found` where web push is not configured. */
export function getPushKey(deps: Pick<Deps, 'vapidPublicKey'>): { key: string } {
  if (deps.vapidPublicKey === undefined) throw notFound('push key: web push is not configured');
  return { key: deps.vapidPublicKey };
}
