import type { RoomsEnv } from './environment.ts';
import { enter } from './front-door.ts';

/**
 * The same rooms on workerd or as Cloudflare's Durable Objects. Bindings: FleetRoom, DeliveryRoom, and the texts
 * FUNCTIONS_URL, PUBLIC_URL and DROPMATE_SECRET. There is no drain and there are no metrics here.
 */
export default { fetch: (request: Request, env: RoomsEnv): Promise<Response> => enter(request, env) };

export { DeliveryRoom } from './delivery-room.ts';
export { FleetRoom } from './fleet-room.ts';
