import type { DeliveryRoom } from './delivery-room.ts';
import type { FleetRoom } from './fleet-room.ts';
import type { Meter } from './meter.ts';

/** What rooms and the front door are given: by `main.ts` on Node, by the bindings of `worker.ts` elsewhere. */
export type RoomsEnv = {
  FleetRoom: DurableObjectNamespace<FleetRoom>;
  DeliveryRoom: DurableObjectNamespace<DeliveryRoom>;
  /** Where functions answers `/internal/*` and `/.well-known/jwks.json`. */
  FUNCTIONS_URL: string;
  /** Browsers may connect from pages of this origin, and from the very host they connect to. */
  PUBLIC_URL: string;
  DROPMATE_SECRET: string;
  /** Milliseconds between two flushes of a fleet room, as text; 10 s by default. */
  FLUSH_MS?: string;
  /** Node only. */
  meter?: Meter;
  /** Node only: a structured log instead of the console. */
  report?: (error: unknown, where: string) => void;
};
