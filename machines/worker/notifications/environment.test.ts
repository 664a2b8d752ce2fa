import { expect, test } from 'vitest';
import { readNotificationOptions } from './environment.ts';

const KEYS = {
  VAPID_PUBLIC_KEY: Buffer.alloc(65, 4).toString('base64url'),
  VAPID_PRIVATE_KEY: Buffer.alloc(32, 4).toString('base64url'),
  VAPID_SUBJECT: 'mailto:shop@example.com',
};

test('nothing is configured where nothing is set, or all is empty', () => {
  const none = { email: undefined, sms: undefined, push: undefined };
  expect(readNotificationOptions({ PATH: '/bin' })).toEqual(none);
  expect(readNotificationOptions({ SMTP_URL: '', MAIL_FROM: '', SMS_FROM: '', VAPID_SUBJECT: '' })).toEqual(
    none,
  );
});

test('each service is read by itself; text messages go to Twilio unless it says where', () => {
  const mail = { SMTP_URL: 'smtps://u:p@mail.example', MAIL_FROM: 'Shop <no-reply@shop.example>' };
  expect(readNotificationOptions({ ...mail, ...KEYS })).toEqual({
    email: { url: mail.SMTP_URL, from: mail.MAIL_FROM },
    sms: undefined,
    push: {
      publicKey: KEYS.VAPID_PUBLIC_KEY,
      privateKey: KEYS.VAPID_PRIVATE_KEY,
      subject: KEYS.VAPID_SUBJECT,
    },
  });
  const sms = { SMS_ACCOUNT_SID: 'AC1', SMS_AUTH_TOKEN: 't', SMS_FROM: '+1' };
  const read = (more = {}) => readNotificationOptions({ ...sms, ...more }).sms?.url;
  expect(read()).toBe('https://api.twilio.com');
  expect(read({ SMS_API_URL: 'https://sms.example/' })).toBe('https://sms.example');
});

test.each([
  [{ SMTP_URL: 'smtp://mail.example' }, 'MAIL_FROM: is needed with SMTP_URL'],
  [{ SMS_ACCOUNT_SID: 'AC1', SMS_FROM: '+1' }, 'SMS_AUTH_TOKEN: is needed with SMS_ACCOUNT_SID and SMS_FROM'],
  [{ SMTP_URL: 'https://mail.example', MAIL_FROM: 'a@b.c' }, 'SMTP_URL'],
  [{ SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a@b.c\r\nBcc: d@e.f' }, 'MAIL_FROM'],
  [{ ...KEYS, VAPID_PRIVATE_KEY: 'hunter2A' }, 'VAPID_PRIVATE_KEY: must be 32 bytes in base64url'],
  [{ ...KEYS, VAPID_SUBJECT: 'shop' }, 'VAPID_SUBJECT'],
])('half of a service is a mistake, and so is %j', (variables, says) => {
  const read = () => readNotificationOptions(variables);
  expect(read).toThrow(says);
  expect(read).not.toThrow('hunter2');
});
