import { z } from '@hono/zod-openapi';
import { PARTIES } from '../domain/room-messages.ts';

/** What a client gives to partysocket. */
export const RoomAddress = z
  .object({
    host: z.string(),
    protocol: z.enum(['ws', 'wss']),
    party: z.enum(PARTIES),
    room: z.uuid(),
    token: z.string(),
    expiresAt: z.iso.datetime(),
  })
  .openapi('RoomAddress', { description: 'What partysocket needs to connect.' });
export type RoomAddress = z.infer<typeof RoomAddress>;
