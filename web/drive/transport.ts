import type { ApiClient } from '../session/api.ts';
import { ApiProblem, problemOfFailure } from '../session/problem.ts';
import type { OutboxItem } from './outbox/item.ts';
import type { SendResult } from './outbox/outcome.ts';

export type Transport = {
  api: ApiClient;
  /** A signed `fetch` for files, with more patience: they come slowly from a phone. */
  upload: typeof fetch;
};

/** Sends one item by its own route. Never throws: what went wrong is the result. */
export async function sendItem(transport: Transport, item: OutboxItem): Promise<SendResult> {
  try {
    const response = await request(transport, item);
    // A café's log-in page says 200 as well, in HTML.
    if (!(response.headers.get('Content-Type') ?? '').includes('json')) throw strange(response.status);
    return { ok: true, status: response.status, body: await response.json() };
  } catch (error) {
    return { ok: false, problem: problemOfFailure(error) };
  }
}

type Answer = Pick<Response, 'status' | 'headers' | 'json'>;

function request({ api, upload }: Transport, { id, at, action }: OutboxItem): Promise<Answer> {
  switch (action.kind) {
    case 'status':
      return api.v1.orders[':id'].status.$post({
        param: { id: action.orderId },
        header: {},
        json: { status: action.status, updateId: id, occurredAt: at, ...action.details },
      });
    case 'proof': {
      const query = new URLSearchParams({ kind: action.proof, id });
      const { bytes, type } = action.file;
      return upload(`/v1/orders/${action.orderId}/proofs?${query}`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body: bytes,
      });
    }
    case 'message':
      return api.v1.orders[':id'].messages.$post({
        param: { id: action.orderId },
        json: { id, text: action.text },
      });
    case 'shift': {
      const { kind: _, ...json } = action;
      return api.v1.drivers[':id'].shift.$put({ param: { id: 'me' }, json });
    }
    case 'stops':
      return api.v1.drivers[':id'].stops.$put({
        param: { id: 'me' },
        json: { orderIds: action.orderIds },
      });
  }
}

const strange = (status: number): ApiProblem =>
  new ApiProblem({ code: 'unknown', status, detail: 'Something else than DropMate answered.' });
