import { z } from 'zod';
import type { NotificationOptions } from './start.ts';

const base64url = (bytes: number) =>
  z
    .base64url()
    .refine((key) => Buffer.from(key, 'base64url').length === bytes, `must be ${bytes} bytes in base64url`);

const TWILIO = 'https://api.twilio.com';

/** Of each service all variables that are needed, or none. An empty one counts as not set. */
export const NotificationVariables = {
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>]*<)?[^\s<>@,]+@[^\s<>@,]+>?$/, 'must be an address, or `Name <address>`')
    .optional(),
  SMS_API_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  SMS_ACCOUNT_SID: z.string().max(100).optional(),
  SMS_AUTH_TOKEN: z.string().max(500).optional(),
  SMS_FROM: z.string().max(100).optional(),
  VAPID_PUBLIC_KEY: base64url(65).optional(),
  VAPID_PRIVATE_KEY: base64url(32).optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'must be mailto:… or https://…')
    .optional(),
};
const Variables = z.object(NotificationVariables);
type Variables = z.infer<typeof Variables>;

const SERVICES = [
  ['SMTP_URL', 'MAIL_FROM'],
  ['SMS_ACCOUNT_SID', 'SMS_AUTH_TOKEN', 'SMS_FROM'],
  ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'],
] as const satisfies (keyof Variables)[][];

/** A refinement of an environment: half of a service is a mistake. */
export function wholeServices(env: Partial<Variables>, context: z.RefinementCtx): void {
  for (const names of SERVICES) {
    const missing = names.filter((name) => env[name] === undefined);
    if (missing.length === names.length) continue;
    for (const name of missing) {
      const others = names.filter((other) => other !== name).join(' and ');
      context.addIssue({ code: 'custom', path: [name], message: `is needed with ${others}` });
    }
  }
}

/** What of it is configured. Throws an Error that names each variable at fault; for who reads no other variables. */
export function readNotificationOptions(variables: Record<string, string | undefined>): NotificationOptions {
  const env = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = Variables.superRefine(wholeServices).safeParse(env);
  if (parsed.success) return notificationOptions(parsed.data);
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

export function notificationOptions(env: Variables): NotificationOptions {
  const { SMTP_URL: url, MAIL_FROM: from } = env;
  const { SMS_API_URL = TWILIO, SMS_ACCOUNT_SID: accountSid, SMS_AUTH_TOKEN: authToken, SMS_FROM } = env;
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = env;
  return {
    email: url && from ? { url, from } : undefined,
    sms:
      accountSid && authToken && SMS_FROM
        ? { url: SMS_API_URL, accountSid, authToken, from: SMS_FROM }
        : undefined,
    push: publicKey && privateKey && subject ? { publicKey, privateKey, subject } : undefined,
  };
}
