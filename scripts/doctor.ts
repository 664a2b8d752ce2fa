import { fileURLToPath } from 'node:url';
import { type Environment, objectStoreOf, readEnvironment } from '../functions/environment.ts';
import { readNotificationOptions } from '../machines/worker/notifications/environment.ts';
import { checkDatabase } from './doctor/database.ts';
import { type Finding, fail, ok, reason } from './doctor/finding.ts';
import { checkKeys } from './doctor/keys.ts';
import { checkMail } from './doctor/mail.ts';
import { checkPush } from './doctor/push.ts';
import { checkSms } from './doctor/sms.ts';
import { checkStorage } from './doctor/storage.ts';
import { checkAnswers, checkDisk, checkUpkeep } from './doctor/upkeep.ts';

// dist/doctor.js: looks at an installation from within, with the environment of the functions process, and says of
// everything that is wrong what to do about it. Changes nothing, but for a file that it puts into the object store and removes. `--json` for programs. Exit code 1 when something fails.

const findings = await examine(process.env);
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(findings)}\n`);
else for (const finding of findings) process.stdout.write(print(finding));
process.exitCode = findings.some(({ state }) => state === 'fail') ? 1 : 0;

async function examine(variables: NodeJS.ProcessEnv): Promise<Finding[]> {
  let env: Environment;
  try {
    env = readEnvironment(variables);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return [fail('environment', says, 'Set what is wrong; docs/operations.md has a table of all variables.')];
  }
  const access = { databaseUrl: env.DATABASE_URL, secret: env.DROPMATE_SECRET };
  const journal = fileURLToPath(new URL('./migrations/meta/_journal.json', import.meta.url));
  const database = await checkDatabase({ ...access, journal });
  const reached = database.every(({ name, state }) => name !== 'database' || state !== 'fail');
  const rooms = 'Without rooms there is no live map: scripts/fly/logs realtime.';
  const outside = 'Check DNS and the certificate, and that PUBLIC_URL is what customers open.';
  return [
    ok('environment', 'complete'),
    ...database,
    await checkKeys(env.SIGNING_KEYS, new Date()),
    await checkStorage(objectStoreOf(env)),
    await checkAnswers('rooms', `${env.REALTIME_INTERNAL_URL}/readyz`, rooms, true),
    await checkAnswers('public address', `${env.PUBLIC_URL}/healthz`, outside, false),
    ...(reached ? await checkUpkeep(access) : []),
    ...(await checkServices(variables)),
    ...(await checkDisk([variables.DROPMATE_DATA ?? '/'])),
  ];
}

/** Those that the worker sends messages by, where this machine is told of them. */
async function checkServices(variables: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { VAPID_PUBLIC_KEY, VAPID_SUBJECT: _, ...others } = variables;
  try {
    // Functions know the public key alone, and there is nothing to compare it with.
    const { email, sms, push } = readNotificationOptions(variables.VAPID_PRIVATE_KEY ? variables : others);
    return Promise.all([checkMail(email), checkSms(sms), checkPush(push, VAPID_PUBLIC_KEY)]);
  } catch (error) {
    return [
      fail('messages', reason(error), 'Set what is wrong; docs/operations.md has a table of all variables.'),
    ];
  }
}

function print({ name, state, says, todo }: Finding): string {
  const word = { ok: 'ok    ', warn: 'warn  ', fail: 'FAILED' }[state];
  const line = `${word} ${name.padEnd(15)} ${says}\n`;
  return todo === undefined ? line : `${line}       ${''.padEnd(15)} → ${todo}\n`;
}
