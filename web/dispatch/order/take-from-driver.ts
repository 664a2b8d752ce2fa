import type { OrderForManager } from '../../../domain/orders.ts';
import { say } from '../../ui/toast.tsx';
import { reload } from '../assign/give-orders.ts';
import type { Dispatch } from '../dispatch.ts';
import { etagOf } from '../etag-of.ts';

/** Before the pickup: the order waits for a driver again, which can be taken back. */
export async function takeFromDriver(dispatch: Dispatch, order: OrderForManager): Promise<void> {
  const { words, api } = dispatch;
  const { id, driverId, number } = order;
  try {
    const answer = await api.v1.orders[':id'].unassign.$post({
      param: { id },
      header: { 'if-match': etagOf(order) },
      json: {},
    });
    // A manager is answered a manager's view.
    dispatch.takeAnswer((await answer.json()) as OrderForManager);
    const remove = say(words.order.unassigned(words.order.name(number)), {
      ...(driverId !== null && {
        action: { label: words.assign.undo, run: () => void giveBack(dispatch, id, driverId).then(remove) },
      }),
    });
  } catch (error) {
    await reload(dispatch, id);
    say(`${words.order.name(number)}: ${dispatch.explain(error)}`, { look: 'bad' });
  }
}

async function giveBack(dispatch: Dispatch, id: string, driverId: string): Promise<void> {
  try {
    const answer = await dispatch.api.v1.orders[':id'].assign.$post({
      param: { id },
      header: {},
      json: { driverId },
    });
    dispatch.takeAnswer(await answer.json());
  } catch (error) {
    await reload(dispatch, id);
    say(dispatch.explain(error), { look: 'bad' });
  }
}
