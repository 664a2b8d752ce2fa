import { createRoute, z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { merchants } from '../../db/schema/accounts.ts';
import { notificationSettings } from '../../db/schema/notifications.ts';
import { AppError, type FieldError } from '../../domain/errors.ts';
import {
  audienceOf,
  CHANNELS_OF,
  Channel,
  ConfigurableEvent,
  DEFAULT_CHANNELS,
  LANGUAGES,
  type NotificationEvent,
  unknownPlaceholders,
  type Wording,
} from '../../domain/notifications.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { audit } from '../accounts/audit.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { loadSettings, NotificationSettings } from './settings.ts';

export const OwnWording = z
  .strictObject({
    // A line end in it would be one in an email's head.
    subject: text(150)
      .regex(/^\P{Cc}*$/u, 'must be one line')
      .optional(),
    body: text(1000),
  })
  .openapi('NotificationWording', { description: 'A text with placeholders, as `{number}`.' });

export const NotificationSettingsEdit = z
  .strictObject({
    settings: z
      .array(
        z.strictObject({
          event: ConfigurableEvent,
          channel: Channel,
          enabled: z.boolean().optional(),
          wording: z
            .strictObject({ en: OwnWording.nullable().optional(), es: OwnWording.nullable().optional() })
            .nullable()
            .optional()
            .openapi({ description: 'null goes back to the standard words, of one language or of both.' }),
        }),
      )
      .min(1)
      .max(100),
  })
  .openapi('NotificationSettingsEdit');
type Edit = z.infer<typeof NotificationSettingsEdit>;
type Setting = Edit['settings'][number];

export const editSettingsRoute = createRoute({
  method: 'patch',
  path: '/v1/notifications/settings',
  summary: 'Switch messages on or off, or give them own words',
  description: 'What is left out stays.',
  tags: ['Notifications'],
  ...secured('notifications:write'),
  request: { body: body(NotificationSettingsEdit) },
  responses: { 200: answer(NotificationSettings, 'All settings'), ...securedProblems() },
});

/** Managers. Throws `invalid` for a channel that the event does not have, and for placeholders that it does not know. */
export async function editSettings(deps: Deps, actor: Actor, { settings }: Edit) {
  refuse(settings.flatMap((setting, index) => faultsOf(setting, `settings.${index}`)));
  const { merchantId } = actor;
  return deps.db.withMerchant(merchantId, async (tx) => {
    // Two edits of one setting at once would each not see the other's. New orders need not wait for them.
    await tx
      .select({ id: merchants.id })
      .from(merchants)
      .where(eq(merchants.id, merchantId))
      .for('no key update');
    for (const setting of settings) await change(tx, merchantId, setting);
    const changed = settings.map(({ event, channel }) => `${event} ${channel}`);
    await audit(tx, actor, {
      action: 'notifications.changed',
      entityType: 'merchant',
      entityId: merchantId,
      details: { changed },
    });
    return loadSettings(tx, merchantId);
  });
}

function faultsOf({ event, channel, wording }: Setting, path: string): FieldError[] {
  const channels = CHANNELS_OF[audienceOf(event)];
  if (!channels.includes(channel)) {
    return [{ path: `${path}.channel`, message: `${event} goes by ${channels.join(' or ')} only` }];
  }
  return LANGUAGES.flatMap((language) => {
    const own = wording?.[language];
    return own ? wordingFaults(event, own, `${path}.wording.${language}.`) : [];
  });
}

/** The placeholders that the event does not know, by the path of the text that they are in. */
export function wordingFaults(event: NotificationEvent, wording: Wording, prefix: string): FieldError[] {
  return (['subject', 'body'] as const).flatMap((field) => {
    const unknown = unknownPlaceholders(event, wording[field] ?? '');
    // A subject has nowhere to put it.
    if (field === 'subject' && wording.subject?.includes('{link}')) unknown.push('link');
    return unknown.map((name) => ({ path: `${prefix}${field}`, message: `{${name}} is not known here` }));
  });
}

export function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new AppError('invalid', 'The request is not valid.', { errors });
}

async function change(tx: Transaction, merchantId: string, setting: Setting): Promise<void> {
  const { event, channel, wording } = setting;
  const own = and(
    eq(notificationSettings.merchantId, merchantId),
    eq(notificationSettings.event, event),
    eq(notificationSettings.channel, channel),
  );
  const [current] = await tx.select().from(notificationSettings).where(own);
  const words = wording === null ? null : merged(current?.wording ?? {}, wording ?? {});
  const values = {
    enabled: setting.enabled ?? current?.enabled ?? DEFAULT_CHANNELS[event].includes(channel),
    wording: words !== null && Object.keys(words).length > 0 ? words : null,
    updatedAt: new Date(),
  };
  await tx
    .insert(notificationSettings)
    .values({ merchantId, event, channel, ...values })
    .onConflictDoUpdate({
      target: [notificationSettings.merchantId, notificationSettings.event, notificationSettings.channel],
      set: values,
    });
}

type Words = Partial<Record<'en' | 'es', Wording>>;

function merged(current: Words, edit: NonNullable<Setting['wording']>): Words {
  const words: Words = { ...current };
  for (const language of LANGUAGES) {
    const own = edit[language];
    if (own === null) delete words[language];
    else if (own !== undefined) {
      const { subject, body } = own;
      words[language] = subject === undefined ? { body } : { subject, body };
    }
  }
  return words;
}
