import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  answering,
  type MailServer,
  type Provider,
  startMailServer,
  startProvider,
} from '../../machines/worker/notifications/test-support.ts';
import { newVapidKeys } from '../start/vapid.ts';
import { checkMail } from './mail.ts';
import { checkPush } from './push.ts';
import { checkSms } from './sms.ts';

let mail: MailServer;
let sms: Provider;

beforeAll(async () => {
  mail = await startMailServer({ authOptional: false });
  sms = await startProvider();
});
afterAll(async () => {
  await Promise.all([mail.close(), sms.close()]);
});

const mailAs = (login: string) =>
  checkMail({ url: mail.url.replace('//', `//${login}@`), from: 'no-reply@x.example' });

test('a mail server that takes our login is well, one that does not or is not there is told apart', async () => {
  expect(await mailAs('user:password')).toEqual({
    name: 'mail',
    state: 'ok',
    says: '127.0.0.1 takes our login',
  });
  const refused = await mailAs('user:hunter2');
  expect(refused).toMatchObject({ state: 'fail', says: '127.0.0.1 refuses our login' });
  const gone = await checkMail({ url: 'smtp://user:hunter2@127.0.0.1:9', from: 'x@y.z' });
  expect(gone).toMatchObject({ state: 'fail', todo: expect.stringContaining('SMTP_URL') });
  expect(JSON.stringify([refused, gone])).not.toContain('hunter2');
  expect(await checkMail(undefined)).toMatchObject({ state: 'warn' });
});

test('an SMS service is asked for our account, and sent nothing', async () => {
  const options = { url: sms.url, accountSid: 'AC1', authToken: 'hunter2', from: '+1' };
  sms.answer = answering(200);
  expect((await checkSms(options)).state).toBe('ok');
  expect(sms.requests.map(({ path, body }) => [path, body.length])).toEqual([
    ['/2010-04-01/Accounts/AC1.json', 0],
  ]);
  sms.answer = answering(401);
  const refused = await checkSms(options);
  expect(refused).toMatchObject({ state: 'fail', todo: expect.stringContaining('SMS_AUTH_TOKEN') });
  expect(JSON.stringify(refused)).not.toContain('hunter2');
  sms.answer = answering(500);
  expect((await checkSms(options)).state).toBe('warn');
  expect((await checkSms({ ...options, url: 'http://127.0.0.1:9' })).state).toBe('fail');
  expect((await checkSms(undefined)).state).toBe('ok');
});

test('push keys must belong together, and be what browsers are told', async () => {
  const [keys, others] = [newVapidKeys(), newVapidKeys()];
  expect((await checkPush(keys, keys.publicKey)).state).toBe('ok');
  const mixed = { ...keys, privateKey: others.privateKey };
  expect((await checkPush(mixed, keys.publicKey)).state).toBe('fail');
  expect((await checkPush(keys, others.publicKey)).state).toBe('fail');
  expect((await checkPush(undefined, undefined)).state).toBe('ok');
  expect(JSON.stringify(await checkPush(mixed, undefined))).not.toContain(others.privateKey);
});

test('keys are made whole each time, leading zeros too', () => {
  for (let i = 0; i < 600; i++) {
    const { publicKey, privateKey } = newVapidKeys();
    expect([publicKey.length, privateKey.length]).toEqual([87, 43]);
  }
});
