import { createRoute, z } from '@hono/zod-openapi';
import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { notificationSettings } from '../../db/schema/notifications.ts';
import { standardWording } from '../../domain/notification-texts.ts';
import {
  audienceOf,
  CHANNELS_OF,
  Channel,
  ConfigurableEvent,
  DEFAULT_CHANNELS,
  LANGUAGES,
  PLACEHOLDERS,
  PLACEHOLDERS_OF,
} from '../../domain/notifications.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';

const Text = z.object({ subject: z.string(), body: z.string() });

const NotificationSetting = z
  .object({
    event: ConfigurableEvent,
    channel: Channel,
    enabled: z.boolean(),
    wording: z.object({ en: Text, es: Text }).openapi({ description: 'What is sent.' }),
    isStandard: z.boolean().openapi({ description: 'Whether all of the wording is ours.' }),
    placeholders: z.array(z.enum(PLACEHOLDERS)),
  })
  .openapi('NotificationSetting');
type NotificationSetting = z.infer<typeof NotificationSetting>;

export const NotificationSettings = z
  .object({ data: z.array(NotificationSetting) })
  .openapi('NotificationSettings');

export const getSettingsRoute = createRoute({
  method: 'get',
  path: '/v1/notifications/settings',
  summary: 'By which channels who is told of what, and in which words',
  tags: ['Notifications'],
  ...secured('notifications:read'),
  responses: {
    200: answer(NotificationSettings, 'Each event by each of its channels'),
    ...securedProblems(),
  },
});

/** Managers and API keys. */
export async function getSettings(deps: Deps, { merchantId }: Actor) {
  return deps.db.withMerchant(merchantId, (tx) => loadSettings(tx, merchantId));
}

export async function loadSettings(
  tx: Transaction,
  merchantId: string,
): Promise<z.infer<typeof NotificationSettings>> {
  const changed = await tx
    .select()
    .from(notificationSettings)
    .where(eq(notificationSettings.merchantId, merchantId));
  const data = ConfigurableEvent.options.flatMap((event) =>
    CHANNELS_OF[audienceOf(event)].map((channel): NotificationSetting => {
      const own = changed.find((setting) => setting.event === event && setting.channel === channel);
      const [en, es] = LANGUAGES.map((language) => ({
        ...standardWording(event, channel, language),
        ...own?.wording?.[language],
      }));
      return {
        event,
        channel,
        enabled: own?.enabled ?? DEFAULT_CHANNELS[event].includes(channel),
        wording: { en: en ?? NONE, es: es ?? NONE },
        isStandard: Object.keys(own?.wording ?? {}).length === 0,
        placeholders: [...PLACEHOLDERS_OF[audienceOf(event)]],
      };
    }),
  );
  return { data };
}

const NONE = { subject: '', body: '' };
