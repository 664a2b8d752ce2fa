import type { Action, Notice, OutboxItem } from './item.ts';
import type { SendResult } from './outcome.ts';
import { Sender, type SenderEffects } from './sender.ts';

export const DRIVER = 'driver-1';

let seq = 0;
/** An item that waits, added after all before it. */
export function item(action: Action, change: Partial<OutboxItem> = {}): OutboxItem {
  seq++;
  return {
    ...{ id: `item-${seq}`, seq, driverId: DRIVER, at: '2026-11-22T12:00:00.000Z' },
    ...{ attempts: 0, notBefore: 0, sending: false, action },
    ...change,
  };
}

type StatusAction = Extract<Action, { kind: 'status' }>;
export const step = (
  orderId: string,
  status: StatusAction['status'],
  details: StatusAction['details'] = {},
): Action => ({ kind: 'status', orderId, orderNumber: 7, status, details });
export const photo = (orderId: string): Action => ({
  ...{ kind: 'proof', orderId, orderNumber: 7, proof: 'photo' },
  file: { bytes: new ArrayBuffer(1), type: 'image/jpeg' },
});

/** A queue in memory, with what a browser's tabs share: the store and the lock. */
export function fakePhone(items: OutboxItem[]) {
  const kept = new Map(items.map((each) => [each.seq, each]));
  const notices: Notice[] = [];
  const sent: string[] = [];
  const timers: { work: () => void; ms: number }[] = [];
  const clock = { now: 0 };
  let isTaken = false;
  let driverId: string | null = DRIVER;

  const store: SenderEffects['store'] = {
    list: async (driver) => structuredClone([...kept.values()].filter((each) => each.driverId === driver)),
    claim: async (claimed) => {
      const found = kept.get(claimed);
      if (found) kept.set(claimed, { ...found, sending: true });
      return found && { ...found, sending: true };
    },
    put: async (changed) => {
      for (const each of changed) kept.set(each.seq, each);
    },
    settle: async (settled, notice) => {
      kept.delete(settled);
      if (notice) notices.push(notice);
    },
  };

  /** A tab of its own, whose requests the test answers. */
  const openTab = (answer: (sending: OutboxItem) => SendResult | Promise<SendResult>): Sender =>
    new Sender({
      store,
      send: async (sending) => {
        sent.push(sending.id);
        return answer(sending);
      },
      alone: async (work) => {
        if (isTaken) return;
        isTaken = true;
        await work().finally(() => {
          isTaken = false;
        });
      },
      driverId: () => driverId,
      changed: () => {},
      now: () => clock.now,
      random: () => 0.5,
      timer: (work, ms) => {
        const timer = { work, ms };
        timers.push(timer);
        return () => {
          if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
        };
      },
    });

  const logOut = (): void => {
    driverId = null;
  };
  return { kept, notices, sent, timers, clock, openTab, logOut };
}

export const ok = (status = 200): SendResult => ({ ok: true, status, body: {} });
