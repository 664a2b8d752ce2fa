import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { isDrillDue } from '../drill.ts';
import { describe } from '../failure.ts';
import { copyOffsite, shipLog } from '../offsite/copy.ts';
import { pruneOffsite } from '../offsite/prune.ts';
import { lockVolume } from '../volume.ts';
import { checkArrival } from './arrival.ts';
import { isBaseDue, makeBase } from './base.ts';
import { listBases } from './bases.ts';
import { drillWal } from './drill.ts';
import { packSegments } from './pack.ts';
import { pruneWal } from './prune.ts';

const MINUTE_MS = 60_000;

/**
 * Keeps the second tier beside a stream until it is stopped. Every minute: a base backup if one is due, and the log sent
 * off-site. Every hour: whether the log still comes (a row of kind `wal`), what is missing off-site, pruning, and a drill if
 * one is due. What fails is on record or in the log, and is tried again.
 */
export async function keepTier(context: Context): Promise<void> {
  const { env, volume, log, signal } = context;
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    if (signal.aborted) return;
    // Another run in this volume, or a failure: the next turn is the next attempt.
    await work().catch((error) => log.warn({ what, error: describe(error) }, 'not done this time'));
  };
  for (let minute = 0; !signal.aborted; minute++) {
    await attempt('pack', () => packSegments(context));
    if (isBaseDue(volume)) await attempt('base', () => makeBase(context));
    if (minute % 60 === 0) {
      await attempt('wal', () => checkArrival(context));
      if (env.BACKUP_OFFSITE) await attempt('offsite', () => copyOffsite(context));
      await attempt('prune', () => pruneTier(context));
      await attempt('drill', async () => {
        if (await isDrillDue(context, 'wal-drill'))
          await drillWal(context, { offsite: false, identity: undefined });
      });
    } else if (env.BACKUP_OFFSITE) {
      await attempt('offsite', () => locked(context, () => shipLog(context)));
    }
    await delay(MINUTE_MS, undefined, { signal }).catch(() => {});
  }
}

async function pruneTier(context: Context): Promise<void> {
  await locked(context, async () => {
    await pruneWal(context.volume);
    const base = listBases(context.volume)[0]?.name;
    if (context.env.BACKUP_OFFSITE && context.env.BACKUP_OFFSITE_PRUNE) {
      await pruneOffsite(context, { dump: undefined, base });
    }
  });
}

async function locked(context: Context, work: () => Promise<unknown>): Promise<void> {
  const lock = lockVolume(context.volume);
  try {
    await work();
  } finally {
    lock.release();
  }
}
