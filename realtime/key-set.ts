import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { z } from 'zod';

/** Keys are looked up anew this often, so that one taken out of use ends. */
const FRESH_MS = 10 * 60_000;
/** Nobody can make us ask more often than this, whatever key ids they invent. */
const COOLDOWN_MS = 10_000;

// jose checks the keys themselves when it uses one.
const KeySetDocument = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

type Resolver = ReturnType<typeof createLocalJWKSet>;

/**
 * The public keys of functions. Known ones go on being used while functions is down. Only keys are remembered between
 * requests, never a request under way: on workerd one room must not wait for another's.
 */
export class KeySet {
  #load: () => Promise<unknown>;
  #now: () => number;
  #resolver: Resolver | null = null;
  #ids = new Set<string>();
  #loadedAt = -Infinity;
  #triedAt = -Infinity;

  constructor(load: () => Promise<unknown>, now: () => number = Date.now) {
    this.#load = load;
    this.#now = now;
  }

  /** How to find the key of that id, or null when no keys could be had yet. */
  async resolver(kid: string | undefined): Promise<Resolver | null> {
    const now = this.#now();
    const wanted = this.#resolver === null || now - this.#loadedAt > FRESH_MS || !this.#ids.has(kid ?? '');
    if (wanted && (this.#resolver === null || now - this.#triedAt > COOLDOWN_MS)) await this.refresh();
    return this.#resolver;
  }

  /** False when functions could not be asked; what was known before stays. */
  async refresh(): Promise<boolean> {
    this.#triedAt = this.#now();
    try {
      const document = KeySetDocument.parse(await this.#load());
      this.#resolver = createLocalJWKSet(document as JSONWebKeySet);
      this.#ids = new Set(document.keys.map((key) => key.kid));
      this.#loadedAt = this.#now();
      return true;
    } catch {
      return false;
    }
  }
}
