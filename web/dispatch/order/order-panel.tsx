import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { OrderForManager } from '../../../domain/orders.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CloseIcon } from '../../ui/icons.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { LatenessBadge } from '../board/lateness-badge.tsx';
import { useDispatch } from '../dispatch.ts';
import { lazyView } from '../lazy-view.tsx';
import { OrderTab } from './order-tab.tsx';

const StoryTab = lazyView(() => import('./story-tab.tsx').then((m) => m.StoryTab));
const ChatTab = lazyView(() => import('./chat-tab.tsx').then((m) => m.ChatTab));
const ProofTab = lazyView(() => import('./proof-tab.tsx').then((m) => m.ProofTab));
const MessagesTab = lazyView(() => import('./messages-tab.tsx').then((m) => m.MessagesTab));

const TABS = ['order', 'story', 'chat', 'proof', 'messages'] as const;
type TabName = (typeof TABS)[number];

/** One order, with everything that is known of it. */
export function OrderPanel({ orderId }: { orderId: string }): JSX.Element {
  const dispatch = useDispatch();
  const { words, staff } = dispatch;
  const [tab, setTab] = useState<TabName>('order');
  const { order, error } = useOrder(orderId);
  const close = (
    <Button
      look="quiet"
      aria-label={words.order.close}
      icon={<CloseIcon />}
      onClick={() => dispatch.open(null)}
    />
  );
  if (order === undefined) {
    return (
      <aside class="order-panel" aria-label={words.order.panel}>
        <header class="panel-head">{close}</header>
        {error === null ? <p class="loading">{staff.loading}</p> : <ErrorNote>{error}</ErrorNote>}
      </aside>
    );
  }
  return (
    <aside class="order-panel" aria-label={words.order.panel}>
      <header class="panel-head">
        <h2 class="numbers">{words.order.name(order.number)}</h2>
        <StatusBadge status={order.status} label={staff.statuses[order.status]} />
        <LatenessBadge order={order} />
        {close}
      </header>
      <Tabs
        label={words.order.panel}
        tabs={TABS.map((name) => ({ name, label: words.order.tabs[name] }))}
        selected={tab}
        onSelect={setTab}
      >
        <Content tab={tab} order={order} />
      </Tabs>
    </aside>
  );
}

function Content({ tab, order }: { tab: TabName; order: OrderForManager }): JSX.Element {
  switch (tab) {
    case 'order':
      return <OrderTab order={order} />;
    case 'story':
      return <StoryTab order={order} />;
    case 'chat':
      return <ChatTab order={order} />;
    case 'proof':
      return <ProofTab order={order} />;
    case 'messages':
      return <MessagesTab order={order} />;
  }
}

/** From the fleet; one that ended before the page was opened is asked for. */
function useOrder(orderId: string): { order: OrderForManager | undefined; error: string | null } {
  const dispatch = useDispatch();
  const [error, setError] = useState<string | null>(null);
  const [asked, setAsked] = useState<OrderForManager | undefined>(undefined);
  const known = dispatch.order(orderId);
  const isMissing = known === undefined && dispatch.isLoaded.value;
  useEffect(() => {
    if (!isMissing) return;
    const abort = new AbortController();
    dispatch.api.v1.orders[':id']
      .$get({ param: { id: orderId } }, { init: { signal: abort.signal } })
      .then((answer) => answer.json())
      .then(
        // A manager is answered a manager's view.
        (order) => setAsked(order as OrderForManager),
        (failure) => setError(dispatch.explain(failure)),
      );
    return () => abort.abort();
  }, [orderId, isMissing]);
  return { order: known ?? asked, error };
}
