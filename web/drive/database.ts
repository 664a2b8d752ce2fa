import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { NewItem, Notice, OutboxItem } from './outbox/item.ts';
import type { OutboxStore } from './outbox/sender.ts';

interface Schema extends DBSchema {
  outbox: { key: number; value: OutboxItem; indexes: { id: string } };
  notices: { key: string; value: Notice };
  /** What was loaded last, by name, so that the app opens without network. */
  kept: { key: string; value: unknown };
}

/** The phone's own memory: what waits to be sent, what is to be told, and what was loaded last. */
export type DriveDatabase = OutboxStore & {
  add: (item: NewItem, instead: readonly OutboxItem[]) => Promise<void>;
  /** Removes them if none has been claimed meanwhile; says whether it did. */
  takeBack: (items: readonly OutboxItem[]) => Promise<boolean>;
  notices: (driverId: string) => Promise<Notice[]>;
  dismiss: (noticeId: string) => Promise<void>;
  keep: (name: string, value: unknown) => Promise<void>;
  kept: (name: string) => Promise<unknown>;
  /** At log-out: what was loaded of the shop and its customers. What waits stays, for its own driver. */
  forget: () => Promise<void>;
};

export async function openDriveDatabase(): Promise<DriveDatabase> {
  const db = await openDB<Schema>('dropmate-drive', 1, {
    upgrade(created) {
      const outbox = created.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true });
      outbox.createIndex('id', 'id', { unique: true });
      created.createObjectStore('notices', { keyPath: 'id' });
      created.createObjectStore('kept');
    },
  });
  return { ...outboxOf(db), ...restOf(db) };
}

function outboxOf(db: IDBPDatabase<Schema>): OutboxStore & Pick<DriveDatabase, 'add' | 'takeBack'> {
  return {
    list: async (driverId) => (await db.getAll('outbox')).filter((item) => item.driverId === driverId),
    claim: async (seq) => {
      const { store, done } = db.transaction('outbox', 'readwrite');
      const item = await store.get(seq);
      if (item !== undefined && !item.sending) await store.put({ ...item, sending: true });
      await done;
      return item && { ...item, sending: true };
    },
    put: async (items) => {
      const { store, done } = db.transaction('outbox', 'readwrite');
      await Promise.all(items.map((item) => store.put(item)));
      await done;
    },
    settle: async (seq, notice) => {
      const transaction = db.transaction(['outbox', 'notices'], 'readwrite');
      await transaction.objectStore('outbox').delete(seq);
      if (notice !== null) await transaction.objectStore('notices').put(notice);
      await transaction.done;
    },
    add: async (item, instead) => {
      const { store, done } = db.transaction('outbox', 'readwrite', { durability: 'strict' });
      for (const { seq } of instead) if (!(await store.get(seq))?.sending) await store.delete(seq);
      // The database gives the key, as the schema says.
      await store.add(item as OutboxItem);
      await done;
    },
    takeBack: async (items) => {
      const { store, done } = db.transaction('outbox', 'readwrite');
      const current = await Promise.all(items.map(({ seq }) => store.get(seq)));
      const isFree = items.length > 0 && current.every((item) => item !== undefined && !item.sending);
      if (isFree) await Promise.all(items.map(({ seq }) => store.delete(seq)));
      await done;
      return isFree;
    },
  };
}

function restOf(db: IDBPDatabase<Schema>): Omit<DriveDatabase, keyof ReturnType<typeof outboxOf>> {
  return {
    notices: async (driverId) =>
      (await db.getAll('notices')).filter((notice) => notice.driverId === driverId),
    dismiss: (noticeId) => db.delete('notices', noticeId),
    keep: async (name, value) => {
      await db.put('kept', value, name);
    },
    kept: (name) => db.get('kept', name),
    forget: () => db.clear('kept'),
  };
}
