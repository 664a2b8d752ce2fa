import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { OrderForDriver } from '../../../domain/orders.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Banner, Empty } from '../../ui/notes.tsx';
import { type AppContext, useApp } from '../app-context.ts';
import { earningsOfDay } from '../earnings.ts';
import { isOrder, isRecord } from '../read.ts';

type Shift = { id: string; startedAt: string; endedAt: string | null; cashDifference: number | null };
type History = { orders: OrderForDriver[]; shifts: Shift[] };

const DAYS = 7;

/** Today's figures, and what was delivered in the last days; as it was loaded last while there is no network. */
export function EarningsScreen(): JSX.Element {
  const app = useApp();
  const { drive, words, staff, times, money } = app;
  const [history, setHistory] = useState<History | null>(null);
  const [isStale, setStale] = useState(false);
  useEffect(() => {
    let isOpen = true;
    const show = (loaded: History): unknown => isOpen && setHistory(loaded);
    keptHistory(app)
      .then((kept) => kept !== null && show(kept))
      .then(() => loadHistory(app))
      .then(show)
      .catch(() => isOpen && setStale(true));
    return () => {
      isOpen = false;
    };
  }, []);

  if (history === null) return <p class="quiet-note">{isStale ? words.earnings.stale : staff.loading}</p>;
  const { orders, shifts } = history;
  const zone = drive.shop.value?.timezone ?? 'UTC';
  const today = earningsOfDay(orders, drive.now.value, zone);
  return (
    <section class="panel">
      {isStale && <Banner tone="risk">{words.earnings.stale}</Banner>}
      <h1 class="panel-title">{words.earnings.today}</h1>
      <dl class="figures">
        <Figure label={words.earnings.deliveries} value={String(today.deliveries)} />
        <Figure label={words.earnings.tips} value={money(today.tips)} />
        <Figure label={words.earnings.cash} value={money(today.cash)} />
      </dl>
      <h2>{words.earnings.history}</h2>
      {orders.length === 0 && (
        <Empty title={words.earnings.none}>
          <p>{words.earnings.noneText}</p>
        </Empty>
      )}
      <ul class="list">
        {orders.map((order) => (
          <li key={order.id} class="list-row">
            <span class="leg">
              {words.stop.order(order.number)} ·{' '}
              {[times.day(order.statusAt, drive.now.value), times.clock(order.statusAt)]
                .filter(Boolean)
                .join(', ')}
            </span>
            <span>{order.dropoff.address}</span>
            <span class="stop-notes">
              <StatusBadge status={order.status} label={staff.statuses[order.status]} />
              {order.tip !== null && order.tip > 0 && <span>{words.stop.tip(money(order.tip))}</span>}
            </span>
          </li>
        ))}
      </ul>
      {shifts.length > 0 && <h2>{words.earnings.shifts}</h2>}
      <ul class="list">
        {shifts.map((shift) => (
          <li key={shift.id} class="list-row numbers">
            <span>
              {[times.day(shift.startedAt, drive.now.value), times.clock(shift.startedAt)]
                .filter(Boolean)
                .join(', ')}{' '}
              – {shift.endedAt === null ? words.earnings.openShift : times.clock(shift.endedAt)}
            </span>
            {shift.cashDifference !== null && shift.cashDifference !== 0 && (
              <span class="tone-late">{words.earnings.cashDifference(money(shift.cashDifference))}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Figure({ label, value }: { label: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd class="numbers">{value}</dd>
    </div>
  );
}

async function loadHistory({ api, drive }: AppContext): Promise<History> {
  const from = new Date(Date.now() - DAYS * 86_400_000).toISOString();
  const query = { status: 'delivered,failed,returned', from, limit: '100' };
  const [orders, shifts] = await Promise.all([
    api.v1.orders.$get({ query }).then((answer) => answer.json()),
    api.v1.shifts.$get({ query: { from, limit: '10' } }).then((answer) => answer.json()),
  ]);
  const history = { orders: orders.data.filter(isOrder), shifts: shifts.data };
  await drive.deps.db.keep(keyOf(drive), history);
  return history;
}

async function keptHistory({ drive }: AppContext): Promise<History | null> {
  const kept = await drive.deps.db.kept(keyOf(drive));
  if (!isRecord(kept) || !Array.isArray(kept.orders) || !Array.isArray(kept.shifts)) return null;
  // This app wrote it, in the lines above.
  return { orders: kept.orders.filter(isOrder), shifts: kept.shifts as Shift[] };
}

const keyOf = (drive: AppContext['drive']): string => `history:${drive.user.value?.driverId}`;
