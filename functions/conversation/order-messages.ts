import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../domain/policy.ts';
import { Message, MessageText, ReadMarks } from '../../domain/room-messages.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { getOrder } from '../orders/get.ts';
import { PageQuery, pageOf } from '../paging.ts';
import { listMessages } from './list-messages.ts';
import { speakerOf } from './speaker.ts';
import { writeMessage } from './write-message.ts';

export const ChatMessage = z.object(Message.shape).openapi('Message');
export const ChatPage = pageOf(ChatMessage).extend({ reads: ReadMarks }).openapi('MessagePage');
export const NewChatMessage = z
  .strictObject({
    id: z
      .uuid()
      .optional()
      .openapi({ description: 'Made by the client; the same one twice is one message. Left out: ours.' }),
    text: MessageText,
  })
  .openapi('NewMessage');
export type NewChatMessage = z.infer<typeof NewChatMessage>;

export const listOrderMessagesRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/messages',
  summary: "An order's chat, newest first",
  description: '`reads` says up to which message (its time) each side has read.',
  tags: ['Chat'],
  ...secured('orders:read'),
  request: { params: IdParam, query: PageQuery },
  responses: { 200: answer(ChatPage, 'A page of messages'), ...securedProblems('not_found') },
});

export const writeOrderMessageRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/messages',
  summary: "Write into an order's chat",
  description:
    'A driver while the order is under way and theirs; managers and API keys until 24 h after its end.',
  tags: ['Chat'],
  ...secured('orders:chat'),
  request: { params: IdParam, body: body(NewChatMessage) },
  responses: {
    201: answer(ChatMessage, 'The message as it was stored'),
    ...securedProblems('not_found', 'conflict', 'too_many_requests'),
  },
});

/** Who may read the order. A driver who takes it over sees all of its chat. Throws `not_found`. */
export async function listOrderMessages(
  deps: Deps,
  actor: Actor,
  orderId: string,
  query: z.infer<typeof PageQuery>,
) {
  await getOrder(deps, actor, orderId);
  return listMessages(deps, actor.merchantId, orderId, query);
}

/** Managers, API keys, and the driver who has the order. Throws as `writeMessage`. */
export function writeOrderMessage(deps: Deps, actor: Actor, orderId: string, input: NewChatMessage) {
  const { id = uuidv7(), text } = input;
  return writeMessage(deps, actor.merchantId, { orderId, speaker: speakerOf(actor), id, text });
}
