import { createRoute, z } from '@hono/zod-openapi';
import { eq } from 'drizzle-orm';
import { merchants } from '../../db/schema/accounts.ts';
import { standardWording } from '../../domain/notification-texts.ts';
import {
  Channel,
  ConfigurableEvent,
  fillIn,
  Language,
  type Placeholder,
} from '../../domain/notifications.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { OwnWording, refuse, wordingFaults } from './edit-settings.ts';

export const NotificationPreviewRequest = z
  .strictObject({
    event: ConfigurableEvent,
    channel: Channel,
    language: Language,
    wording: OwnWording.optional().openapi({ description: 'The standard words without it.' }),
  })
  .openapi('NotificationPreviewRequest');
type PreviewRequest = z.infer<typeof NotificationPreviewRequest>;

export const NotificationPreview = z
  .object({ subject: z.string(), body: z.string() })
  .openapi('NotificationPreview');

export const previewRoute = createRoute({
  method: 'post',
  path: '/v1/notifications/preview',
  summary: 'What a message would say, of an order that is made up',
  tags: ['Notifications'],
  ...secured('notifications:read'),
  request: { body: body(NotificationPreviewRequest) },
  responses: { 200: answer(NotificationPreview, 'The message'), ...securedProblems() },
});

const SAMPLES: Record<Language, Omit<Record<Placeholder, string>, 'merchant' | 'link'>> = {
  en: {
    number: '1024',
    name: 'Ana Pérez',
    address: '12 Market Street',
    reason: 'Nobody was there.',
    driver: 'Bruno',
    eta: '14:20–14:35',
    promised: '14:30',
  },
  es: {
    number: '1024',
    name: 'Ana Pérez',
    address: 'Bulevar España 2345',
    reason: 'No había nadie.',
    driver: 'Bruno',
    eta: '14:20–14:35',
    promised: '14:30',
  },
};

/** Managers and API keys. Throws `invalid` for placeholders that the event does not know. */
export async function preview(deps: Deps, { merchantId }: Actor, request: PreviewRequest) {
  const { event, channel, language, wording } = request;
  if (wording) refuse(wordingFaults(event, wording, 'wording.'));
  const [merchant] = await deps.db.withMerchant(merchantId, (tx) =>
    tx.select({ name: merchants.name }).from(merchants).where(eq(merchants.id, merchantId)),
  );
  const values = {
    ...SAMPLES[language],
    merchant: merchant?.name ?? '',
    link: `${deps.links.publicUrl}/t/…`,
  };
  const words = { ...standardWording(event, channel, language), ...wording };
  return { subject: fillIn(words.subject, values), body: fillIn(words.body, values) };
}
