import type { Location } from '../../domain/geo.ts';
import { LEGAL_STEPS, type OrderStatus } from '../../domain/order-status.ts';
import type { SeenOrder } from './simulation.ts';

/** Orders as the real API would keep them: numbered versions, only legal steps, only by the assigned driver. */
export class FakeOrders {
  readonly orders = new Map<string, SeenOrder>();
  readonly history: string[] = [];
  /** Drops so many of the next statuses `delivered`, as when a proof is missing. */
  refuseDelivered = 0;

  create(
    order: { externalId: string | null; pickup: Location | null; dropoff: Location | null },
    at: number,
  ) {
    const id = `00000000-0000-7000-8000-${String(this.orders.size + 1).padStart(12, '0')}`;
    const made: SeenOrder = {
      id,
      ...order,
      status: 'created',
      version: 1,
      driverId: null,
      stopSequence: null,
      statusAt: new Date(at).toISOString(),
    };
    this.orders.set(id, made);
    return made;
  }

  assign(id: string, driverId: string, at: number): SeenOrder {
    return this.#change(id, 'assigned', at, { driverId });
  }

  /** Throws for a step that the table forbids, or for another driver's order. */
  report(id: string, driverId: string, status: OrderStatus, at: number): SeenOrder {
    if (this.get(id).driverId !== driverId) throw new Error('not yours');
    if (status === 'delivered' && this.refuseDelivered > 0) {
      this.refuseDelivered -= 1;
      throw new Error('proof needed');
    }
    return this.#change(id, status, at, {});
  }

  cancel(id: string, at: number): SeenOrder {
    return this.#change(id, 'cancelled', at, {});
  }

  place(id: string, dropoff: Location): SeenOrder {
    const order = this.get(id);
    const placed = { ...order, dropoff, version: order.version + 1 };
    this.orders.set(id, placed);
    return placed;
  }

  get(id: string): SeenOrder {
    const order = this.orders.get(id);
    if (!order) throw new Error(`no order ${id}`);
    return order;
  }

  active(): SeenOrder[] {
    return [...this.orders.values()].filter(({ status }) => !ENDED.includes(status));
  }

  #change(id: string, status: OrderStatus, at: number, more: Partial<SeenOrder>): SeenOrder {
    const order = this.get(id);
    if (!LEGAL_STEPS[order.status].includes(status)) throw new Error(`${order.status} to ${status}`);
    const changed = {
      ...order,
      ...more,
      status,
      version: order.version + 1,
      statusAt: new Date(at).toISOString(),
    };
    this.orders.set(id, changed);
    this.history.push(`${id} ${status}`);
    return changed;
  }
}

const ENDED: OrderStatus[] = ['delivered', 'cancelled', 'returned'];
