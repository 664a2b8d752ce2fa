import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { addressIn, createEmailSender } from './email.ts';
import { aMessage, type Mail, type MailServer, startMailServer } from './test-support.ts';

let server: MailServer;
const going = new AbortController().signal;

beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.mails.length = 0;
  server.answer = () => 250;
});

function senderFor(url: string, timeoutMs = 5000) {
  const sender = createEmailSender({ url, from: 'DropMate <no-reply@bakery.example>', timeoutMs });
  onTestFinished(sender.close);
  return sender;
}
const send = (message = aMessage()) => senderFor(server.url).send(message, going);

/** The header's lines, unfolded. */
const headersOf = ({ source }: Mail) =>
  (source.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ').split('\r\n');
/** The parts' texts, decoded. */
const textOf = ({ source }: Mail) =>
  Buffer.from(
    source
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

test('a customer’s email has text, HTML, the merchant’s name and a way out by one click', async () => {
  const message = aMessage();
  expect(await send(message)).toEqual({ status: 'sent', providerId: `<${message.id}.0@bakery.example>` });
  const [mail] = server.mails;
  if (!mail) throw new Error('no mail');
  expect(mail).toMatchObject({ from: 'no-reply@bakery.example', to: ['ana@example.com'] });
  expect(headersOf(mail)).toEqual(
    expect.arrayContaining([
      'From: Bakery <no-reply@bakery.example>',
      'To: ana@example.com',
      'Subject: Your order #7 is on its way',
      `Message-ID: <${message.id}.0@bakery.example>`,
      'List-Unsubscribe: <https://bakery.example/v1/notifications/unsubscribe/token>',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      'Auto-Submitted: auto-generated',
    ]),
  );
  const text = textOf(mail);
  expect(text).toContain('multipart/alternative');
  expect(text).toContain('Your order #7 is on its way.\r\n\r\nhttps://bakery.example/t/token');
  expect(text).toContain('<a href="https://bakery.example/t/token"');
  expect(text).toContain('#aa3300');
  expect(text).not.toMatch(/<img|src=/);
});

test('who works here gets no way out, and a link within the text stays there', async () => {
  await send(aMessage({ event: 'manager.failed', unsubscribeUrl: null, body: 'Look: {link} now' }));
  const [mail] = server.mails;
  if (!mail) throw new Error('no mail');
  expect(mail.source).not.toContain('List-Unsubscribe');
  expect(textOf(mail)).toContain('Look: https://bakery.example/t/token now');
  expect(textOf(mail).split('https://bakery.example/t/token')).toHaveLength(4);
});

test('what people wrote adds no header, no recipient and no markup', async () => {
  const nasty = 'x\r\nBcc: eve@example.com\r\n\r\n<script>alert(1)</script>';
  await send(
    aMessage({
      subject: nasty,
      body: nasty,
      merchant: { id: 'x', name: 'Bob "B" <evil@example.com>\r\nX-Evil: 1', color: 'red;}' },
    }),
  );
  const [mail] = server.mails;
  if (!mail) throw new Error('no mail');
  expect(mail.to).toEqual(['ana@example.com']);
  const names = headersOf(mail).map((line) => line.split(':')[0]?.toLowerCase());
  expect(names).not.toContain('bcc');
  expect(names).not.toContain('x-evil');
  expect(textOf(mail)).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(textOf(mail)).not.toContain('red;}');
  expect(textOf(mail).split('text/html')[1]).not.toContain('<script>');
});

test('an address is no list', async () => {
  const outcome = await send(aMessage({ recipient: 'ana@example.com, eve@example.com' }));
  expect(server.mails.flatMap(({ to }) => to)).not.toContain('eve@example.com');
  expect(outcome.status).toBe('failed');
});

describe('a mail server that', () => {
  test.each([
    [550, { status: 'failed', detail: 'the mail server refused it (550)' }],
    [452, { status: 'retry', detail: 'the mail server put it off (452)' }],
  ])('says %i to the recipient', async (code, outcome) => {
    server.answer = () => code;
    expect(await send()).toEqual(outcome);
  });

  test('refuses our login is to be mended, so it is tried again; with the right one it is sent', async () => {
    const strict = await startMailServer({ authOptional: false });
    onTestFinished(strict.close);
    const at = (login: string) => strict.url.replace('//', `//${login}@`);
    const refused = await senderFor(at('user:wrong')).send(aMessage(), going);
    expect(refused).toEqual({ status: 'retry', detail: 'the mail server refuses our login (SMTP_URL)' });
    expect((await senderFor(at('user:password')).send(aMessage(), going)).status).toBe('sent');
  });

  test('is not there', async () => {
    const gone = await startMailServer();
    await gone.close();
    expect(await senderFor(gone.url).send(aMessage(), going)).toEqual({
      status: 'retry',
      detail: expect.stringMatching(/^the mail server cannot be reached \(E\w+\)$/),
    });
  });

  test('never answers is given up', async () => {
    server.answer = () => new Promise(() => {});
    expect(await senderFor(server.url, 200).send(aMessage(), going)).toMatchObject({
      status: 'retry',
      detail: expect.stringContaining('cannot be reached'),
    });
  });

  test('hangs while the worker stops rejects, so that another worker sends it', async () => {
    const stopping = new AbortController();
    server.answer = () => {
      stopping.abort(new Error('the worker stops'));
      return new Promise(() => {});
    };
    await expect(senderFor(server.url).send(aMessage(), stopping.signal)).rejects.toThrow('the worker stops');
  });
});

test.each([
  ['no-reply@x.example', 'no-reply@x.example'],
  ['DropMate <no-reply@x.example>', 'no-reply@x.example'],
  ['"A <b>" <c@x.example> ', 'c@x.example'],
])('the address in %j', (from, address) => {
  expect(addressIn(from)).toBe(address);
});
