import { createTransport } from 'nodemailer';
import { LINK_WORDS } from '../../../domain/notification-texts.ts';
import { fillIn } from '../../../domain/notifications.ts';
import { htmlOf } from './html.ts';
import type { Message, Sender, SendOutcome } from './senders.ts';
import { withDeadline } from './with-deadline.ts';

export type EmailOptions = {
  /** SMTP_URL: `smtps://user:password@host:465` or `smtp://host:587` (STARTTLS where it is offered). */
  url: string;
  /** MAIL_FROM: the address, alone or as `Name <address>`; what customers see as the name is the merchant's. */
  from: string;
  timeoutMs: number;
};

/** As many connections as messages are in hand (machines/worker/notifications/start.ts): none waits in here. */
const CONNECTIONS = 8;

/** Sends by one SMTP server. */
export function createEmailSender({ url, from, timeoutMs }: EmailOptions): Sender {
  const transport = createTransport({
    ...{ url, pool: true, maxConnections: CONNECTIONS },
    ...{ connectionTimeout: 5000, greetingTimeout: 5000, dnsTimeout: 5000, socketTimeout: timeoutMs },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const sender = addressIn(from);
  return {
    send: (message, signal) =>
      withDeadline(timeoutMs, signal, () => transport.sendMail(mailOf(message, sender)))
        .then(({ messageId }): SendOutcome => ({ status: 'sent', providerId: messageId }))
        .catch((error: unknown) => {
          signal.throwIfAborted();
          return outcomeOf(error);
        }),
    close: () => transport.close(),
  };
}

/** Of `Name <address>`, the address. */
export const addressIn = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();

function mailOf(message: Message, from: string) {
  const { id, round, merchant, recipient, subject, body, link, language, unsubscribeUrl } = message;
  const text = body.includes('{link}') ? fillIn(body, { link }) : `${body}\n\n${link}`;
  const footer =
    unsubscribeUrl === null ? '' : `\n\n-- \n${LINK_WORDS[language].unsubscribe}: ${unsubscribeUrl}`;
  return {
    // As objects, names and addresses are encoded, never parsed; subjects are encoded too.
    from: { name: oneLine(merchant.name), address: from },
    to: { name: '', address: recipient },
    subject: oneLine(fillIn(subject, { link: null })),
    text: `${text}${footer}\n`,
    html: htmlOf(message),
    // The same for the same message, so that a server may see that it has it.
    messageId: `<${id}.${round}@${from.split('@').at(-1) ?? 'dropmate'}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      // RFC 8058: a POST to it is enough.
      ...(unsubscribeUrl === null
        ? {}
        : {
            'List-Unsubscribe': `<${unsubscribeUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
    },
  };
}

/** Without line ends and other controls. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

/** What an SMTP server's no means: a 5xx to the message is final; one to our login is for the operator to mend. */
function outcomeOf(error: unknown): SendOutcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const answered = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : undefined;
  if (code === 'EAUTH') return { status: 'retry', detail: 'the mail server refuses our login (SMTP_URL)' };
  if (answered !== undefined && answered >= 500) {
    return { status: 'failed', detail: `the mail server refused it (${answered})` };
  }
  if (answered !== undefined && answered >= 400) {
    return { status: 'retry', detail: `the mail server put it off (${answered})` };
  }
  // Nodemailer itself refused the address or the message.
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return { status: 'failed', detail: `not a good email (${code})` };
  return { status: 'retry', detail: `the mail server cannot be reached (${code})` };
}
