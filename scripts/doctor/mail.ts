import { createTransport } from 'nodemailer';
import { attempt, type Finding, fail, ok, warn } from './finding.ts';

/** Whether the mail server answers and takes our login. Sends nothing. `email` is undefined where none is configured. */
export function checkMail(email: { url: string; from: string } | undefined): Promise<Finding> {
  const todo =
    'Check the host and port in SMTP_URL, and that this machine may reach it (many clouds close port 25).';
  return attempt('mail', todo, async () => {
    if (email === undefined) {
      return warn(
        'mail',
        'no mail server is configured here: emails are written down, and nobody can get a new password',
        'Set SMTP_URL and MAIL_FROM of the worker (and here, for this check).',
      );
    }
    const transport = createTransport({
      ...{ url: email.url, connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 10_000 },
    });
    const { hostname } = new URL(email.url);
    try {
      await transport.verify();
      return ok('mail', `${hostname} takes our login`);
    } catch (error) {
      // Its message may hold what the server said of us.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (code === 'EAUTH') {
        const todo = 'Check user and password in SMTP_URL; what is special in them must be percent-encoded.';
        return fail('mail', `${hostname} refuses our login`, todo);
      }
      return fail('mail', `${hostname} cannot be used (${code})`, todo);
    } finally {
      transport.close();
    }
  });
}
