import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import type { TrackingLinks } from '../db/order-record.ts';
import type { Seal } from '../db/seal.ts';
import type { TargetRules } from '../db/webhook-target.ts';
import type { Geocoder } from './geocoder.ts';
import type { Metrics } from './metrics.ts';
import type { Pages } from './pages/pages.ts';
import type { ProofLinks } from './proofs/links.ts';
import type { Pins } from './proofs/pins.ts';
import type { RateLimits } from './rate-limit.ts';
import type { RoomsClient } from './rooms.ts';
import type { ObjectStore } from './storage/object-store.ts';
import type { Tokens } from './tokens.ts';

/** Who may create a merchant by `POST /v1/merchants`: everybody, only the very first, or nobody. */
export const SIGNUP_MODES = ['on', 'first', 'off'] as const;
export type SignupMode = (typeof SIGNUP_MODES)[number];

/** Everything that handlers need of the world. Made once by main.ts (or a test) and passed to `createApp`. */
export type Deps = {
  db: Database;
  tokens: Tokens;
  /** Writes tracking links; `publicUrl` is also what invitation links start with. */
  links: TrackingLinks;
  rooms: RoomsClient;
  geocoder: Geocoder;
  pages: Pages;
  metrics: Metrics;
  log: Logger;
  signup: SignupMode;
  /** Tells the relay that there is something in the outbox; after the commit, and never awaited. */
  wakeRelay: () => void;
  /** Seals what a repeated request is answered with. */
  answers: Seal;
  pins: Pins;
  proofLinks: ProofLinks;
  /** Where files of proofs go; undefined: into Postgres. */
  objects: ObjectStore | undefined;
  /** Where webhooks may lead, and what their secrets are stored with. */
  webhooks: { rules: TargetRules; seal: Seal };
  /** Checks tokens of the other processes of this DropMate, for `/internal`. */
  serviceKey: Uint8Array;
  /** Where map tiles come from, as a template with {z}, {x}, {y}; undefined: there are none. */
  tileUrl: string | undefined;
  /** What browsers subscribe to web push with; left out: there is none. */
  vapidPublicKey?: string | undefined;
  /** Whether the process is about to end: `/readyz` says so. */
  draining: () => boolean;
  /** Set when metrics have a port of their own, and are not to be shown on the public one. */
  privateMetrics: boolean;
  /** Whether Fly's proxy is in front, and its word on who is asking is good. Left out: no. */
  onFly?: boolean;
  /** Left out: none. */
  rateLimits?: RateLimits;
  /** How long a request may take before it is answered 503; left out: 20 s. */
  deadlineMs?: number;
};
