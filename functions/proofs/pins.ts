import { createHmac, hkdfSync, randomInt } from 'node:crypto';
import { createSeal } from '../../db/seal.ts';
import { PIN_DIGITS } from '../../domain/proof.ts';

/** How a PIN is stored: to be shown again to its customer, and to be compared. */
export type StoredPin = { sealed: string; mac: string };

export type Pins = {
  /** A new one, of PIN_DIGITS digits. */
  create: (orderId: string) => StoredPin;
  /** What a PIN that was told is compared by. */
  mac: (orderId: string, pin: string) => string;
  /** Undefined when it was sealed with another DROPMATE_SECRET, which was lost. */
  open: (sealed: string) => string | undefined;
};

/** Keys are derived from DROPMATE_SECRET: a dump without it does not tell the PINs, few as there are. */
export function createPins(secret: string): Pins {
  const seal = createSeal(secret, 'pin');
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'dropmate pin mac', 32));
  const mac = (orderId: string, pin: string) =>
    createHmac('sha256', key).update(`${orderId.toLowerCase()}:${pin}`).digest('base64url');
  return {
    create(orderId) {
      const pin = String(randomInt(10 ** PIN_DIGITS)).padStart(PIN_DIGITS, '0');
      return { sealed: seal.seal(pin), mac: mac(orderId, pin) };
    },
    mac,
    open(sealed) {
      try {
        return seal.open(sealed);
      } catch {
        return undefined;
      }
    },
  };
}
