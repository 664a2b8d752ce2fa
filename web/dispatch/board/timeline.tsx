import type { JSX } from 'preact';
import type { DriverRecord } from '../../../domain/orders.ts';
import { useDispatch } from '../dispatch.ts';
import { inListOrder } from './driver-list.tsx';
import { AFTER_MS, BEFORE_MS, type Block, laneOf, NOW_SHARE, shareOf } from './lanes.ts';
import { useDriverDrop } from './use-driver-drop.ts';

/** A lane a driver: who is where when, and what will be late. */
export function Timeline(): JSX.Element {
  const dispatch = useDispatch();
  const { words, times, now } = dispatch;
  const working = inListOrder(dispatch).filter(
    (driver) => driver.status === 'available' || dispatch.stops.value.has(driver.id),
  );
  return (
    <section class="timeline" aria-label={words.board.timeline}>
      <div class="time-axis" aria-hidden="true">
        <div class="lane-track">
          {ticks(now.value).map((tick) => (
            <span key={tick} class="tick numbers" style={{ left: percent(shareOf(tick, now.value)) }}>
              {times.value.clock(new Date(tick).toISOString())}
            </span>
          ))}
          <span class="tick now" style={{ left: percent(NOW_SHARE) }}>
            {words.board.now}
          </span>
        </div>
      </div>
      <ul class="lanes">
        {working.map((driver) => (
          <LaneRow key={driver.id} driver={driver} />
        ))}
      </ul>
      {working.length === 0 && <p class="nothing">{words.board.nobodyWorks}</p>}
    </section>
  );
}

const ROW_PX = 26;

function LaneRow({ driver: { id, name } }: { driver: DriverRecord }): JSX.Element {
  const dispatch = useDispatch();
  const { words, orders, now } = dispatch;
  const { blocks, rows, unestimated } = laneOf(orders.value.values(), id, now.value);
  const element = useDriverDrop<HTMLLIElement>(id);
  return (
    <li class="lane" ref={element}>
      <span class="lane-name">
        {name}
        {unestimated.length > 0 && <span class="hint"> +{unestimated.length}</span>}
      </span>
      <div class="lane-track" style={{ height: `${rows * ROW_PX + 6}px` }}>
        <span class="now-line" style={{ left: percent(NOW_SHARE) }} aria-hidden="true" />
        {blocks.map((block) => (
          <BlockButton key={block.orderId} block={block} label={words.board.lane(name)} />
        ))}
      </div>
    </li>
  );
}

function BlockButton({
  block: { orderId, from, to, row, lateness },
  label,
}: {
  block: Block;
  label: string;
}) {
  const dispatch = useDispatch();
  const { words, staff, place } = dispatch;
  const order = dispatch.order(orderId);
  if (order === undefined) return null;
  const name = words.order.name(order.number);
  const said = [label, name, staff.statuses[order.status], lateness && words.board.lateness[lateness]];
  return (
    <button
      type="button"
      class={`block ${lateness ?? 'on_time'}${place.value.orderId === orderId ? ' open' : ''}`}
      style={{ left: percent(from), width: percent(to - from), top: `${row * ROW_PX + 3}px` }}
      aria-label={said.filter(Boolean).join(', ')}
      title={`${name} · ${order.dropoff.address}`}
      onClick={() => dispatch.open(orderId)}
    >
      {name}
    </button>
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

const TICK_MS = 30 * 60_000;

/** Each half hour in sight but those that would lie on "now". */
function ticks(now: number): number[] {
  const first = Math.ceil((now - BEFORE_MS) / TICK_MS) * TICK_MS;
  const all = Array.from({ length: (BEFORE_MS + AFTER_MS) / TICK_MS + 1 }, (_, n) => first + n * TICK_MS);
  return all.filter((tick) => tick < now + AFTER_MS - TICK_MS / 4 && Math.abs(tick - now) > TICK_MS / 4);
}
