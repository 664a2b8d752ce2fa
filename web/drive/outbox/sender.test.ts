import { expect, test } from 'vitest';
import { ApiProblem } from '../../session/problem.ts';
import { fakePhone, item, ok, photo, step } from './outbox.fixture.ts';
import { backoff, outcomeOf, type SendResult } from './outcome.ts';

const refusal = (
  status: number,
  code: ApiProblem['code'],
  more: { retryAfter?: number; extra?: Record<string, unknown> } = {},
): SendResult => ({ ok: false, problem: new ApiProblem({ status, code, detail: code, ...more }) });
const offline = refusal(0, 'network');

test('files go before the step that names them, each once', async () => {
  const items = [item(photo('a')), item(step('a', 'delivered')), item(step('b', 'picked_up'))];
  const phone = fakePhone(items);
  await phone.openTab(() => ok()).flush();
  expect(phone.sent).toEqual(items.map(({ id }) => id));
  expect(phone.kept.size).toBe(0);
  expect(phone.timers).toEqual([]);
});

test('two tabs send nothing twice', async () => {
  const phone = fakePhone([item(step('a', 'picked_up')), item(step('a', 'delivered'))]);
  const slowly = async () => {
    await Promise.resolve();
    return ok();
  };
  const [one, two] = [phone.openTab(slowly), phone.openTab(slowly)];
  await Promise.all([one.flush(), two.flush(), one.flush()]);
  expect(phone.sent).toHaveLength(2);
  expect(new Set(phone.sent).size).toBe(2);
});

test('without a network one request is tried, everything stays, and it comes back by itself', async () => {
  const phone = fakePhone([item(step('a', 'picked_up')), item(step('b', 'picked_up'))]);
  let network = false;
  const tab = phone.openTab(() => (network ? ok() : offline));
  await tab.flush();
  expect([phone.sent.length, phone.kept.size]).toEqual([1, 2]);
  expect(phone.timers).toEqual([{ work: expect.any(Function), ms: 1000 }]);
  await tab.flush();
  expect(phone.sent).toHaveLength(1);
  network = true;
  phone.clock.now = 1000;
  phone.timers[0]?.work();
  await tab.flush();
  expect([phone.sent.length, phone.kept.size]).toEqual([3, 0]);
});

test('when the network returns nobody waits for the pause to end', async () => {
  const phone = fakePhone([item(step('a', 'picked_up'), { attempts: 6 })]);
  let network = false;
  const tab = phone.openTab(() => (network ? ok() : offline));
  await tab.flush();
  network = true;
  await tab.flush();
  expect(phone.sent).toHaveLength(1);
  await tab.flush({ atOnce: true });
  expect(phone.kept.size).toBe(0);
});

test('a lost answer is asked for again with the same id', async () => {
  const phone = fakePhone([item(step('a', 'delivered'), { id: 'update-1' })]);
  const answers = [refusal(0, 'timeout'), ok()];
  const tab = phone.openTab(() => answers.shift() ?? ok());
  await tab.flush();
  expect(phone.kept.values().next().value).toMatchObject({ sending: true, attempts: 1 });
  await tab.flush({ atOnce: true });
  expect(phone.sent).toEqual(['update-1', 'update-1']);
});

test('a report that came too late counts as sent, and the driver is told', async () => {
  const phone = fakePhone([item(step('a', 'delivered'), { id: 'u' })]);
  await phone.openTab(() => ok(202)).flush();
  expect(phone.kept.size).toBe(0);
  expect(phone.notices).toMatchObject([
    { id: 'u', kind: 'late', action: { kind: 'status', orderNumber: 7, status: 'delivered' } },
  ]);
});

test.each([
  [409, 'illegal_transition'],
  [404, 'not_found'],
  [403, 'forbidden'],
  [400, 'invalid'],
] as const)(
  'a refusal that is final (%d) is not repeated, and what comes after is tried',
  async (status, code) => {
    const phone = fakePhone([item(step('a', 'picked_up')), item(step('a', 'delivered'))]);
    const answers = [refusal(status, code), ok()];
    await phone.openTab(() => answers.shift() ?? ok()).flush();
    expect([phone.sent.length, phone.kept.size]).toEqual([2, 0]);
    expect(phone.notices).toMatchObject([{ kind: 'refused', code }]);
  },
);

test('a delivery without its proof is told with what is missing', async () => {
  const phone = fakePhone([item(step('a', 'delivered'))]);
  const extra = { missing: ['pin'], triesLeft: 3 };
  await phone.openTab(() => refusal(422, 'unprocessable', { extra })).flush();
  expect(phone.notices).toMatchObject([{ code: 'unprocessable', missing: ['pin'], triesLeft: 3 }]);
});

test('a file that is refused takes its name out of the step', async () => {
  const picture = item(photo('a'), { id: 'p' });
  const delivered = item(step('a', 'delivered', { proof: { photoIds: ['p'], pin: '1234' } }));
  const phone = fakePhone([picture, delivered]);
  const named: unknown[] = [];
  const tab = phone.openTab((sending) => {
    if (sending.action.kind === 'status') named.push(sending.action.details.proof);
    return sending.id === 'p' ? refusal(413, 'too_large') : ok();
  });
  await tab.flush();
  expect(named).toEqual([{ pin: '1234' }]);
});

test('a server that fails holds up that order; another goes on', async () => {
  const phone = fakePhone([
    item(step('a', 'picked_up')),
    item(step('a', 'delivered')),
    item(step('b', 'picked_up')),
  ]);
  const tab = phone.openTab(({ action }) =>
    'orderId' in action && action.orderId === 'a' ? refusal(503, 'unavailable', { retryAfter: 7 }) : ok(),
  );
  await tab.flush();
  expect(phone.sent).toHaveLength(2);
  expect([...phone.kept.values()].map(({ notBefore }) => notBefore)).toEqual([7000, 0]);
  expect(phone.timers.map(({ ms }) => ms)).toEqual([7000]);
});

test('who is logged out sends nothing, and loses nothing', async () => {
  const phone = fakePhone([item(step('a', 'picked_up'))]);
  const tab = phone.openTab(() => refusal(401, 'unauthenticated'));
  await tab.flush();
  expect(phone.kept.size).toBe(1);
  phone.logOut();
  await tab.flush({ atOnce: true });
  expect(phone.sent).toHaveLength(1);
});

test('another driver’s actions stay for that driver', async () => {
  const phone = fakePhone([item(step('a', 'picked_up'), { driverId: 'driver-2' })]);
  await phone.openTab(() => ok()).flush();
  expect([phone.sent.length, phone.kept.size]).toEqual([0, 1]);
});

test('what stands between us and the server is no answer', () => {
  const waiting = item(step('a', 'delivered'));
  expect(outcomeOf(waiting, refusal(403, 'unknown'), 0, 0.5)).toEqual({ type: 'later', notBefore: 1000 });
  expect(outcomeOf(waiting, refusal(429, 'too_many_requests', { retryAfter: 5 }), 0, 0.5)).toEqual({
    type: 'pause',
    until: 5000,
  });
});

test('pauses double up to a minute', () => {
  expect([0, 1, 2, 6, 50].map((attempts) => backoff(attempts, 0.5))).toEqual([
    1000, 2000, 4000, 60_000, 60_000,
  ]);
  expect([backoff(0, 0), backoff(0, 1)]).toEqual([750, 1250]);
});
