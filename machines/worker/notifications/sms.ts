import { z } from 'zod';
import { fillIn } from '../../../domain/notifications.ts';
import type { Sender, SendOutcome } from './senders.ts';

export type SmsOptions = {
  /** SMS_API_URL: Twilio's, or of who speaks its 2010-04-01 API. */
  url: string;
  accountSid: string;
  authToken: string;
  /** SMS_FROM: a number in E.164, a sender's name, or the id of a messaging service (MG…). */
  from: string;
  timeoutMs: number;
};

const MOST_CHARACTERS = 1600;
const MOST_ANSWER_BYTES = 64 * 1024;

/** Sends by Twilio's API, https://www.twilio.com/docs/messaging/api/message-resource. It knows no idempotency key. */
export function createSmsSender(options: SmsOptions): Sender {
  const { url, accountSid, timeoutMs } = options;
  const address = `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  return {
    async send({ recipient, body, link }, signal) {
      const sent = new URLSearchParams({
        To: recipient,
        [options.from.startsWith('MG') ? 'MessagingServiceSid' : 'From']: options.from,
        Body: fillIn(body, { link }).slice(0, MOST_CHARACTERS),
      });
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers: { authorization: basic(options), 'user-agent': 'DropMate' },
          body: sent,
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        return outcomeOf(response, await textOf(response));
      } catch (error) {
        signal.throwIfAborted();
        return { status: 'retry', detail: `the SMS service cannot be reached (${nameOf(error)})` };
      }
    },
    close: () => {},
  };
}

export const basic = ({ accountSid, authToken }: Pick<SmsOptions, 'accountSid' | 'authToken'>): string =>
  `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

/** Up to its limit, of a service that may never end. */
async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).toString();
}

const Told = z.object({ sid: z.string().max(100).optional(), code: z.int().optional() });

/** What the recipient has said STOP to. */
const UNSUBSCRIBED = 21610;
/** They are about us, or pass. */
const PASSING = [401, 403, 408, 425, 429];

/** The answer's message quotes the number, so only its code is kept. */
function outcomeOf(response: Response, text: string): SendOutcome {
  const { status } = response;
  const told = Told.safeParse(parsed(text)).data;
  if (status >= 200 && status < 300) return { status: 'sent', providerId: told?.sid };
  if (told?.code === UNSUBSCRIBED) return { status: 'skipped', detail: 'they have answered STOP' };
  const code = told?.code === undefined ? `${status}` : `${status}, ${told.code}`;
  if (status >= 400 && status < 500 && !PASSING.includes(status)) {
    return { status: 'failed', detail: `the SMS service refused it (${code})` };
  }
  const seconds = Number(response.headers.get('retry-after'));
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  return { status: 'retry', detail: `the SMS service answered ${code}`, retryAfter };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}
