import { createHash } from 'node:crypto';
import webpush from 'web-push';
import type { TargetRules } from '../../../db/webhook-target.ts';
import { fillIn } from '../../../domain/notifications.ts';
import { sendWebhook } from '../webhooks/send.ts';
import type { Message, Sender, SendOutcome } from './senders.ts';
import { createVapid, type VapidKeys } from './vapid.ts';

/** The keys, and `subject` (VAPID_SUBJECT): `mailto:` or a URL, for the push service to complain to. */
export type PushOptions = TargetRules & VapidKeys & { timeoutMs: number };

/** Services take 4 KB, encrypted. */
const MOST_BODY = 800;

/**
 * Sends to browsers by their push services (RFC 8030, 8291, 8292). Where they are, a browser said: so only public hosts are
 * connected to, as webhooks are.
 */
export function createPushSender({ publicKey, privateKey, subject, ...rules }: PushOptions): Sender {
  const authorization = createVapid({ publicKey, privateKey, subject });
  return {
    async send(message, signal) {
      const { subscription } = message;
      if (subscription === null) return { status: 'skipped', detail: GONE };
      const { endpoint, keys } = subscription;
      const body = encrypted(keys, payloadOf(message));
      if (body === undefined) {
        return { status: 'gone', detail: 'the browser gave keys that cannot be used' };
      }
      const headers = {
        authorization: authorization(endpoint),
        'content-type': 'application/octet-stream',
        'content-encoding': 'aes128gcm',
        ttl: String(Math.max(0, Math.round((message.until.getTime() - Date.now()) / 1000))),
        urgency: 'high',
        // What waits at the service under the same topic is replaced: a message sent twice is shown once.
        topic: createHash('sha256').update(tagOf(message)).digest('base64url').slice(0, 32),
      };
      return outcomeOf(await sendWebhook({ url: endpoint, headers, body }, { ...rules, signal }));
    },
    close: () => {},
  };
}

function encrypted({ p256dh, auth }: { p256dh: string; auth: string }, payload: string): Buffer | undefined {
  try {
    return webpush.encrypt(p256dh, auth, payload, 'aes128gcm').cipherText;
  } catch {
    return undefined;
  }
}

const GONE = 'the browser takes no messages any more';

/** What the service worker gets (docs/api.md). A browser shows the newest of a tag. */
function payloadOf(message: Message): string {
  const { event, orderId, subject, body, link } = message;
  return JSON.stringify({
    title: fillIn(subject, { link: null }),
    body: fillIn(body, { link: null }).slice(0, MOST_BODY),
    url: link,
    tag: tagOf(message),
    event,
    orderId,
  });
}

/** Of a customer's order only the newest step matters; others get one for each event. */
function tagOf({ event, orderId, id }: Message): string {
  if (orderId === null) return id;
  return event.startsWith('customer.') && event !== 'customer.message' ? orderId : `${event}:${orderId}`;
}

function outcomeOf({ status, error, retryAfter }: Awaited<ReturnType<typeof sendWebhook>>): SendOutcome {
  if (error === null) return { status: 'sent' };
  if (status === 404 || status === 410) return { status: 'gone', detail: GONE };
  const final = status !== null && status >= 400 && status < 500 && ![408, 425, 429].includes(status);
  const detail = `the browser's push service: ${error}`;
  return final ? { status: 'failed', detail } : { status: 'retry', detail, retryAfter };
}
