import type { Location } from '../../../domain/geo.ts';
import type { OrderStatus } from '../../../domain/order-status.ts';
import type { SandboxOutcome } from '../../../domain/sandbox.ts';

/** What a robot does next with an order. `rest`: nothing, the order has ended as it should. */
export type Act =
  | { do: 'take' }
  | { do: 'drive'; at: Location }
  | { do: 'move'; to: OrderStatus }
  | { do: 'rest' };

export type RobotOrder = {
  status: OrderStatus;
  outcome: SandboxOutcome;
  pickup: Location | undefined;
  dropoff: Location | undefined;
};

/** Fixes of a leg. With the other steps an order takes less than a minute. */
export const FIXES_A_LEG = 6;
/** Where a robot comes from, as a difference in degrees: some 500 m away. */
const APPROACH = { lat: 0.003, lng: -0.004 };

/** `tick` counts what was done since the order came to this version. The order's own status decides, whoever set it. */
export function nextAct({ status, outcome, pickup, dropoff }: RobotOrder, tick: number): Act {
  switch (status) {
    case 'created':
      return { do: 'take' };
    case 'assigned':
      return { do: 'move', to: outcome === 'cancelled' ? 'cancelled' : 'enroute_to_pickup' };
    case 'enroute_to_pickup':
      return drive(pickup && before(pickup), pickup, tick, 'arrived_at_pickup');
    case 'arrived_at_pickup':
      return { do: 'move', to: 'picked_up' };
    case 'picked_up':
      return { do: 'move', to: 'enroute_to_dropoff' };
    case 'enroute_to_dropoff':
      return drive(pickup, dropoff, tick, 'arrived_at_dropoff');
    case 'arrived_at_dropoff':
      return { do: 'move', to: outcome === 'failed' || outcome === 'returned' ? 'failed' : 'delivered' };
    case 'failed':
      return outcome === 'returned' ? { do: 'move', to: 'enroute_to_return' } : { do: 'rest' };
    case 'enroute_to_return':
      return drive(dropoff, pickup, tick, 'returned');
    case 'delivered':
    case 'cancelled':
    case 'returned':
      return { do: 'rest' };
  }
}

/** In a straight line, then the step. A stop that is not on the map is reached at once. */
function drive(from: Location | undefined, to: Location | undefined, tick: number, then: OrderStatus): Act {
  if (from === undefined || to === undefined || tick >= FIXES_A_LEG) return { do: 'move', to: then };
  const part = (tick + 1) / FIXES_A_LEG;
  const between = (a: number, b: number) => a + (b - a) * part;
  return { do: 'drive', at: { lat: between(from.lat, to.lat), lng: between(from.lng, to.lng) } };
}

/** At a pole or the date line it comes from the other side. */
function before({ lat, lng }: Location): Location {
  return {
    lat: lat > 89 ? lat - APPROACH.lat : lat + APPROACH.lat,
    lng: lng < -179 ? lng - APPROACH.lng : lng + APPROACH.lng,
  };
}
