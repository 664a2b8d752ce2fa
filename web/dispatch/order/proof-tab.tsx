import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OrderForManager } from '../../../domain/orders.ts';
import type { ApiClient } from '../../session/api.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { useDispatch } from '../dispatch.ts';
import { LoadedView } from '../loaded-view.tsx';
import { useLoaded } from '../use-loaded.ts';

type Pin = Awaited<ReturnType<Awaited<ReturnType<ApiClient['v1']['orders'][':id']['pin']['$get']>>['json']>>;

/** What was asked for at the door, and what was brought: pictures, a signature, the PIN. */
export function ProofTab({ order }: { order: OrderForManager }): JSX.Element {
  const { api, words, times } = useDispatch();
  const proofs = useLoaded(
    async (signal) =>
      (
        await (
          await api.v1.orders[':id'].proofs.$get({ param: { id: order.id } }, { init: { signal } })
        ).json()
      ).data,
    [order.id, order.version],
  );
  const demanded = (['photo', 'signature', 'pin'] as const).filter((kind) => order.proof?.[kind]);
  return (
    <>
      <p>
        {words.proof.demanded}:{' '}
        <b>{demanded.map((kind) => words.move.proofs[kind]).join(', ') || words.proof.nothing}</b>
      </p>
      {order.proof?.pin && <PinButton orderId={order.id} />}
      <LoadedView loaded={proofs}>
        {(files) =>
          files.length === 0 ? (
            <p class="nothing">{words.proof.none}</p>
          ) : (
            <ul class="proofs">
              {files.map(({ id, kind, url, createdAt }) => (
                <li key={id}>
                  <a href={url} target="_blank" rel="noreferrer">
                    <img
                      src={url}
                      alt={`${words.proof[kind]}, ${times.value.clock(createdAt)}`}
                      loading="lazy"
                    />
                  </a>
                  <span>
                    {words.proof[kind]} <time class="numbers">{times.value.clock(createdAt)}</time>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </LoadedView>
    </>
  );
}

/** Not shown before somebody asks: each look is in the audit log. */
function PinButton({ orderId }: { orderId: string }): JSX.Element {
  const dispatch = useDispatch();
  const { api, words, times } = dispatch;
  const [pin, setPin] = useState<Pin | null>(null);
  const [error, setError] = useState<string | null>(null);
  const show = async (): Promise<void> => {
    setError(null);
    try {
      setPin(await (await api.v1.orders[':id'].pin.$get({ param: { id: orderId } })).json());
    } catch (failure) {
      setError(dispatch.explain(failure));
    }
  };
  if (pin === null) {
    return (
      <div class="pin">
        <Button onClick={() => void show()}>{words.proof.showPin}</Button>
        <p class="hint">{words.proof.pinNote}</p>
        {error !== null && <ErrorNote>{error}</ErrorNote>}
      </div>
    );
  }
  const state =
    pin.verifiedAt !== null
      ? words.proof.pinVerified(times.value.clock(pin.verifiedAt))
      : pin.overridden
        ? words.proof.pinOverridden
        : words.proof.pinTries(pin.triesLeft);
  return (
    <p class="pin" role="status">
      {words.proof.pin} <b class="numbers pin-digits">{pin.pin}</b> <span class="hint">{state}</span>
    </p>
  );
}
