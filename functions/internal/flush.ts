import type { FleetFlush } from '../../domain/room-events.ts';
import type { Deps } from '../deps.ts';

/** For a fleet room: writes what it gathered. No version changes, nothing enters the outbox, a repeat is harmless. */
export async function flush(deps: Pick<Deps, 'db'>, merchantId: string, batch: FleetFlush): Promise<void> {
  const { hot } = deps.db;
  await hot`select flush_fleet(${merchantId}, ${hot.json(batch.trails)}, ${hot.json(batch.locations)}, ${hot.json(batch.etas)})`;
}
