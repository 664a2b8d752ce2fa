import { createRoute, type z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { answer, body, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { PageQuery } from '../paging.ts';
import { TokenParam } from '../tracking/get.ts';
import { listMessages } from './list-messages.ts';
import { openLink } from './open-link.ts';
import { ChatMessage, ChatPage, NewChatMessage } from './order-messages.ts';
import { writeMessage } from './write-message.ts';

export const listTrackingMessagesRoute = createRoute({
  method: 'get',
  path: '/v1/tracking/{token}/messages',
  summary: "The delivery's chat, newest first",
  description: '`reads` says up to which message (its time) each side has read.',
  tags: ['Tracking'],
  request: { params: TokenParam, query: PageQuery },
  responses: { 200: answer(ChatPage, 'A page of messages'), ...problems('not_found') },
});

export const writeTrackingMessageRoute = createRoute({
  method: 'post',
  path: '/v1/tracking/{token}/messages',
  summary: 'Write to the driver and the business',
  description: 'Until 24 h after the end of the delivery.',
  tags: ['Tracking'],
  request: { params: TokenParam, body: body(NewChatMessage) },
  responses: {
    201: answer(ChatMessage, 'The message as it was stored'),
    ...problems('not_found', 'conflict', 'too_many_requests'),
  },
});

/** Whoever holds the link. Throws `not_found`. */
export async function listTrackingMessages(deps: Deps, token: string, query: z.infer<typeof PageQuery>) {
  const { merchantId, orderId } = await openLink(deps, token);
  return listMessages(deps, merchantId, orderId, query);
}

/** Whoever holds the link. Throws as `writeMessage`. */
export async function writeTrackingMessage(deps: Deps, token: string, input: NewChatMessage) {
  const { merchantId, orderId } = await openLink(deps, token);
  const { id = uuidv7(), text } = input;
  return writeMessage(deps, merchantId, { orderId, speaker: { from: 'customer' }, id, text });
}
