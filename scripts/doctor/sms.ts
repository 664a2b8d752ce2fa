import { basic, type SmsOptions } from '../../machines/worker/notifications/sms.ts';
import { attempt, type Finding, fail, ok, warn } from './finding.ts';

/** Whether the SMS service knows our account. Sends nothing. `sms` is undefined where none is configured. */
export function checkSms(sms: Omit<SmsOptions, 'timeoutMs'> | undefined): Promise<Finding> {
  const todo = 'Check SMS_API_URL, and that this machine may reach it.';
  return attempt('sms', todo, async () => {
    if (sms === undefined) return ok('sms', 'not configured here: text messages are written down, not sent');
    const response = await fetch(
      `${sms.url}/2010-04-01/Accounts/${encodeURIComponent(sms.accountSid)}.json`,
      {
        headers: { authorization: basic(sms) },
        redirect: 'manual',
        signal: AbortSignal.timeout(10_000),
      },
    );
    await response.body?.cancel();
    const { host } = new URL(sms.url);
    if (response.ok) return ok('sms', `${host} knows our account`);
    if (response.status === 401 || response.status === 403 || response.status === 404) {
      return fail(
        'sms',
        `${host} refuses our account (${response.status})`,
        'Check SMS_ACCOUNT_SID and SMS_AUTH_TOKEN.',
      );
    }
    return warn('sms', `${host} answered ${response.status}`, todo);
  });
}
