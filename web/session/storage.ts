/** Whose session it is: a browser may hold a manager's and a driver's at once, as on the machine of who tries it out. */
export const SLOTS = ['manager', 'driver'] as const;
export type Slot = (typeof SLOTS)[number];

export type SessionUser = {
  id: string;
  merchantId: string;
  name: string;
  email: string | null;
  role: Slot;
  driverId: string | null;
};

export type StoredSession = { refreshToken: string; user: SessionUser };

const keyOf = (slot: Slot): string => `dropmate.session.${slot}`;

/** Where sessions outlive a page: localStorage, or a stand-in in tests. */
export type SessionStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function readStored(storage: SessionStorage, slot: Slot): StoredSession | null {
  const stored = parseStored(storage.getItem(keyOf(slot)));
  return stored?.user.role === slot ? stored : null;
}

/** Of the text that `writeStored` wrote; null for any other. */
export function parseStored(text: string | null): StoredSession | null {
  try {
    const stored: unknown = JSON.parse(text ?? 'null');
    return isStored(stored) ? stored : null;
  } catch {
    return null;
  }
}

export function writeStored(storage: SessionStorage, session: StoredSession): void {
  storage.setItem(keyOf(session.user.role), JSON.stringify(session));
}

export const removeStored = (storage: SessionStorage, slot: Slot): void => storage.removeItem(keyOf(slot));

export const isStoredKey = (slot: Slot, key: string | null): boolean => key === keyOf(slot);

function isStored(value: unknown): value is StoredSession {
  if (typeof value !== 'object' || value === null) return false;
  const { refreshToken, user } = value as Partial<Record<keyof StoredSession, unknown>>; // an object, whatever it holds
  if (typeof refreshToken !== 'string' || typeof user !== 'object' || user === null) return false;
  return 'id' in user && 'role' in user && 'name' in user && 'merchantId' in user;
}
