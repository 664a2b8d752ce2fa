import type { OrderForManager } from '../../../domain/orders.ts';
import { type ApiProblem, problemOfFailure } from '../../session/problem.ts';
import { say } from '../../ui/toast.tsx';
import type { Dispatch } from '../dispatch.ts';

/** What became of one order of several. */
export type Outcome =
  | { orderId: string; state: 'working' | 'done' }
  | { orderId: string; state: 'failed'; problem: ApiProblem };

/** Orders that were given to a driver together, for the dialog that shows each one's result. */
export type Giving = { driverId: string; outcomes: readonly Outcome[] };

/** Requests under way at a time. */
const AT_ONCE = 4;

/**
 * Gives the orders to the driver, and tells what came of it: that all went well in a word that can be taken back, else
 * each one's result. Nothing is thrown.
 */
export async function giveOrders(
  dispatch: Dispatch,
  orderIds: readonly string[],
  driverId: string,
): Promise<void> {
  const { words, giving } = dispatch;
  const before = new Map(orderIds.map((id) => [id, dispatch.order(id)]));
  const given = orderIds.filter((id) => before.get(id)?.driverId !== driverId);
  if (given.length === 0) return;
  let outcomes: Outcome[] = given.map((orderId) => ({ orderId, state: 'working' }));
  const isShown = given.length > 1;
  if (isShown) giving.value = { driverId, outcomes };
  const settle = (outcome: Outcome): void => {
    outcomes = outcomes.map((known) => (known.orderId === outcome.orderId ? outcome : known));
    if (giving.peek() !== null) giving.value = { driverId, outcomes };
  };
  await eachAtOnce(given, async (orderId) => {
    settle(await give(dispatch, orderId, driverId, before.get(orderId)?.driverId ?? null));
  });
  dispatch.select(
    [...dispatch.selected.peek()].filter((id) => !given.includes(id) || hasFailed(outcomes, id)),
  );
  if (outcomes.some(({ state }) => state === 'failed')) {
    giving.value = { driverId, outcomes };
    return;
  }
  giving.value = null;
  const [only] = given;
  const driver = dispatch.driverName(driverId);
  const text =
    given.length === 1
      ? words.assign.done(words.order.name(dispatch.order(only ?? '')?.number ?? 0), driver)
      : words.assign.doneMany(given.length, driver);
  const remove = say(text, {
    action: {
      label: words.assign.undo,
      run: () => void takeBack(dispatch, given, driverId, before).then(remove),
    },
  });
}

const hasFailed = (outcomes: readonly Outcome[], id: string): boolean =>
  outcomes.some(({ orderId, state }) => orderId === id && state === 'failed');

/** With the driver who had it as far as the reader knows: of two managers who give it at once, one is told. */
async function give(
  dispatch: Dispatch,
  orderId: string,
  driverId: string,
  replaces: string | null,
): Promise<Outcome> {
  try {
    const answer = await dispatch.api.v1.orders[':id'].assign.$post({
      param: { id: orderId },
      header: {},
      json: { driverId, ...(replaces !== null && { replaces }) },
    });
    dispatch.takeAnswer(await answer.json());
    return { orderId, state: 'done' };
  } catch (error) {
    const problem = problemOfFailure(error);
    // What is on the board is no longer so: the reader sees at once how it stands.
    if (problem.status === 409 || problem.status === 412) await reload(dispatch, orderId);
    return { orderId, state: 'failed', problem };
  }
}

/** One of them again, whoever has it now. */
export async function giveAgain(dispatch: Dispatch, orderId: string): Promise<void> {
  const { giving } = dispatch;
  const known = giving.peek();
  if (known === null) return;
  const { driverId } = known;
  const settle = (outcome: Outcome): void => {
    const outcomes = (giving.peek() ?? known).outcomes.map((one) =>
      one.orderId === orderId ? outcome : one,
    );
    giving.value = { driverId, outcomes };
  };
  settle({ orderId, state: 'working' });
  settle(await give(dispatch, orderId, driverId, dispatch.order(orderId)?.driverId ?? null));
}

/** The order as the API has it now; without an answer it stays as it was. */
export async function reload(dispatch: Dispatch, orderId: string): Promise<void> {
  try {
    const answer = await dispatch.api.v1.orders[':id'].$get({ param: { id: orderId } });
    // A manager is answered a manager's view.
    dispatch.takeAnswer((await answer.json()) as OrderForManager);
  } catch {
    // The room will tell.
  }
}

async function takeBack(
  dispatch: Dispatch,
  orderIds: readonly string[],
  driverId: string,
  before: ReadonlyMap<string, OrderForManager | undefined>,
): Promise<void> {
  const { words, api } = dispatch;
  await eachAtOnce(orderIds, async (id) => {
    const former = before.get(id)?.driverId ?? null;
    const name = words.order.name(dispatch.order(id)?.number ?? 0);
    try {
      const answer =
        former === null
          ? await api.v1.orders[':id'].unassign.$post({ param: { id }, header: {}, json: {} })
          : await api.v1.orders[':id'].assign.$post({
              param: { id },
              header: {},
              json: { driverId: former, replaces: driverId },
            });
      // A manager is answered a manager's view.
      dispatch.takeAnswer((await answer.json()) as OrderForManager);
      say(words.assign.undone(name));
    } catch (error) {
      await reload(dispatch, id);
      say(`${name}: ${dispatch.explain(error)}`, { look: 'bad' });
    }
  });
}

/** Some at a time, in order. */
export async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
