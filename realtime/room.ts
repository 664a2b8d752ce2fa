import { type Connection, type ConnectionContext, Server, type WSMessage } from 'partyserver';
import { AppError } from '../domain/errors.ts';
import {
  CLOSE,
  type ClientMessage,
  type LocationFields,
  type Party,
  ROOM_ERRORS,
  type RoomClaims,
  type RoomErrorCode,
} from '../domain/room-messages.ts';
import { claimsOf, FORBIDDEN, isUpgrade, type Refusal, refuse, resumePoint } from './admission.ts';
import { backendOf } from './backend.ts';
import { parseClientMessage } from './client-message.ts';
import type { ChatMessage } from './conversation.ts';
import type { RoomsEnv } from './environment.ts';
import { later } from './later.ts';
import { type Meter, NO_METER } from './meter.ts';
import { problem } from './problem.ts';
import { Ring } from './ring.ts';
import { verifyRoomToken } from './room-token.ts';
import { Viewer } from './viewer.ts';

/** Messages kept for who was away for a moment. Orders change a handful of times; a minute of ETAs fits as well. */
const RING_SIZE = 64;
/** How often slow readers are looked after. */
const DRAIN_EVERY_MS = 250;

export type FixMessage = Extract<ClientMessage, { type: 'fix' }>;

/**
 * What both rooms have in common: letting viewers in, their groups, the envelope of messages, resuming, tokens that end,
 * slow readers. Each viewer belongs to one group; a message is published to a group and encoded once.
 */
export abstract class Room extends Server<RoomsEnv> {
  static override options = { hibernate: false };

  protected abstract readonly party: Party;
  #viewers = new Map<Connection, Viewer>();
  #groups = new Map<string, Set<Viewer>>();
  #epoch = crypto.randomUUID();
  #seq = 0;
  #ring = new Ring(RING_SIZE);
  #slow: Set<Viewer> | null = null;
  #expiry: { at: number; cancel: () => void } | null = null;
  /** Their tokens are good for up to an hour yet. */
  #removedUsers = new Set<string>();

  /** Before a socket is let in: the room gets ready for it, or says why not. */
  protected abstract admit(claims: RoomClaims): Promise<Refusal | null>;
  /** The group of a viewer, or why it may not stay. Asked again on joining, since time has passed since `admit`. */
  protected abstract groupOf(claims: RoomClaims): string | Refusal;
  /** What a joiner gets first, without the envelope. */
  protected abstract snapshotFor(viewer: Viewer): Record<string, unknown>;
  protected abstract answer(request: Request): Promise<Response>;

  protected onFix(viewer: Viewer, _fix: FixMessage): void {
    this.refuseMessage(viewer, 'unknown_type');
  }

  protected onChat(viewer: Viewer, _message: ChatMessage): void {
    this.refuseMessage(viewer, 'unknown_type');
  }

  protected onLeave(_viewer: Viewer): void {}

  override async fetch(request: Request): Promise<Response> {
    if (!isUpgrade(request)) return super.fetch(request);
    try {
      const refusal = await this.admit(claimsOf(request));
      return refusal === null ? await super.fetch(request) : refuse(refusal);
    } catch (error) {
      this.report(error);
      return refuse({ code: 1011, reason: 'error' });
    }
  }

  /** partyserver would answer an error with its stack. */
  override async onRequest(request: Request): Promise<Response> {
    try {
      return await this.answer(request);
    } catch (error) {
      if (error instanceof AppError) return problem(error);
      this.report(error);
      return problem(new AppError('internal', 'The request failed.'));
    }
  }

  override onConnect(connection: Connection, { request }: ConnectionContext): void {
    try {
      this.#join(connection, claimsOf(request), resumePoint(request));
    } catch (error) {
      this.report(error);
      connection.close(1011, 'error');
    }
  }

  override onMessage(connection: Connection, raw: WSMessage): void {
    const viewer = this.#viewers.get(connection);
    if (viewer === undefined) return;
    const parsed = viewer.limit.take(Date.now()) ? parseClientMessage(raw) : TOO_FAST;
    if (parsed.ok) this.#take(viewer, parsed.message);
    else this.refuseMessage(viewer, parsed.code);
  }

  override onClose(connection: Connection): void {
    this.#leave(connection);
  }

  /** A socket that broke, or sent too much: its close follows. */
  override onError(): void {}

  protected get meter(): Meter {
    return this.env.meter ?? NO_METER;
  }

  protected get viewerCount(): number {
    return this.#viewers.size;
  }

  protected report(error: unknown): void {
    // biome-ignore lint/suspicious/noConsole: workerd has no other log; main.ts passes its own.
    if (this.env.report === undefined) console.error(`${this.party} ${this.name}:`, error);
    else this.env.report(error, `${this.party} ${this.name}`);
  }

  protected group(name: string): ReadonlySet<Viewer> {
    return this.#groups.get(name) ?? NOBODY;
  }

  /** To everybody of that group, now and (for a short while) when they come back. */
  protected publish(group: string, type: string, fields: object): void {
    const seq = ++this.#seq;
    const text = this.#encode(type, seq, fields);
    this.#ring.push({ seq, to: group, text });
    const viewers = this.group(group);
    for (const viewer of viewers) viewer.outlet.send(text);
    this.meter.sent(this.party, viewers.size);
  }

  protected get viewers(): Iterable<Viewer> {
    return this.#viewers.values();
  }

  /** Newest wins: to those viewers now, but slow readers skip, and nobody gets it later. */
  protected publishLocation(viewers: Iterable<Viewer>, location: LocationFields): void {
    if (this.#viewers.size === 0) return;
    const text = this.#encode('location', ++this.#seq, location);
    const now = Date.now();
    let sent = 0;
    for (const viewer of viewers) {
      sent++;
      if (!viewer.outlet.offer(location.driverId, text, now)) this.meter.skipped(this.party);
      if (viewer.outlet.slow) this.#lookAfter(viewer);
    }
    this.meter.sent(this.party, sent);
  }

  /** Has not left while something took its time. */
  protected isHere(viewer: Viewer): boolean {
    return this.#viewers.get(viewer.connection) === viewer;
  }

  /** To one viewer alone. */
  protected tell(viewer: Viewer, type: string, fields: object): void {
    viewer.outlet.send(this.#encode(type, ++this.#seq, fields));
    this.meter.sent(this.party, 1);
  }

  /** `more`: which message it is about, and what there is to say besides the code's own words. */
  protected refuseMessage(
    viewer: Viewer,
    code: RoomErrorCode,
    more: { id?: string; detail?: string } = {},
  ): void {
    this.meter.refused(this.party, code);
    const { id, detail = ROOM_ERRORS[code] } = more;
    this.tell(viewer, 'error', { code, detail, id });
  }

  protected expel(viewer: Viewer, { code, reason }: Refusal): void {
    this.#leave(viewer.connection);
    viewer.connection.close(code, reason);
  }

  /** Closes the sockets of a user and lets them in no more. Returns whether that is news. */
  protected expelUser(userId: string): boolean {
    const isNews = !this.#removedUsers.has(userId);
    this.#removedUsers.add(userId);
    for (const viewer of [...this.#viewers.values()]) {
      if (viewer.userId === userId) this.expel(viewer, FORBIDDEN);
    }
    return isNews;
  }

  /** Nobody can resume over this: what was missed is not known. */
  protected startAnew(): void {
    this.#epoch = crypto.randomUUID();
    this.#seq = 0;
    this.#ring = new Ring(RING_SIZE);
  }

  #take(viewer: Viewer, message: ClientMessage): void {
    switch (message.type) {
      case 'fix':
        this.onFix(viewer, message);
        break;
      case 'ping':
        this.tell(viewer, 'pong', {});
        break;
      case 'message':
      case 'read':
        this.onChat(viewer, message);
        break;
      case 'renew':
        this.#renew(viewer, message.token).catch((error) => this.report(error));
        break;
    }
  }

  #join(connection: Connection, claims: RoomClaims, resume: { epoch: string; seq: number } | null): void {
    const group = this.#removedUsers.has(claims.sub) ? FORBIDDEN : this.groupOf(claims);
    if (typeof group !== 'string') {
      connection.close(group.code, group.reason);
      return;
    }
    const viewer = new Viewer(connection, claims, group);
    this.#viewers.set(connection, viewer);
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, new Set([viewer]));
    else members.add(viewer);
    this.meter.socket(this.party, viewer.audience, 1);
    this.#expireAt(viewer.expiresAt);

    const missed = resume?.epoch === this.#epoch ? this.#ring.since(resume.seq, group, this.#seq) : null;
    const recovered = missed !== null;
    // What was missed follows with its own, higher seq.
    const seq = recovered && resume !== null ? resume.seq : ++this.#seq;
    viewer.outlet.send(this.#encode('snapshot', seq, { ...this.snapshotFor(viewer), recovered }));
    for (const { text } of missed ?? []) viewer.outlet.send(text);
    this.meter.sent(this.party, 1 + (missed?.length ?? 0));
  }

  #leave(connection: Connection): void {
    const viewer = this.#viewers.get(connection);
    if (viewer === undefined) return;
    this.#viewers.delete(connection);
    const members = this.#groups.get(viewer.group);
    members?.delete(viewer);
    if (members?.size === 0) this.#groups.delete(viewer.group);
    this.#slow?.delete(viewer);
    this.meter.socket(this.party, viewer.audience, -1);
    this.onLeave(viewer);
  }

  async #renew(viewer: Viewer, token: string): Promise<void> {
    const verdict = await verifyRoomToken(token, backendOf(this.env).keys);
    if (!this.#viewers.has(viewer.connection)) return;
    if (verdict.ok && this.#isFor(viewer, verdict.claims)) {
      viewer.expiresAt = Math.max(viewer.expiresAt, verdict.claims.exp * 1000);
    } else this.refuseMessage(viewer, 'invalid');
  }

  #isFor(viewer: Viewer, claims: RoomClaims): boolean {
    return (
      claims.party === this.party &&
      claims.room === this.name &&
      claims.sub === viewer.userId &&
      claims.audience === viewer.audience &&
      (claims.driver ?? null) === viewer.driverId &&
      (claims.readOnly ?? false) === viewer.readOnly
    );
  }

  /** One timer a room, for the token that ends first. */
  #expireAt(at: number): void {
    if (this.#expiry !== null && this.#expiry.at <= at) return;
    this.#expiry?.cancel();
    this.#expiry = { at, cancel: later(at - Date.now(), () => this.#expire()) };
  }

  #expire(): void {
    this.#expiry = null;
    const now = Date.now();
    let next = Infinity;
    for (const viewer of this.#viewers.values()) {
      if (viewer.expiresAt <= now)
        this.expel(viewer, { code: CLOSE.unauthenticated, reason: 'the token has expired' });
      else next = Math.min(next, viewer.expiresAt);
    }
    if (next < Infinity) this.#expireAt(next);
  }

  #lookAfter(viewer: Viewer): void {
    if (this.#slow === null) {
      this.#slow = new Set();
      later(DRAIN_EVERY_MS, () => this.#drainSlow());
    }
    this.#slow.add(viewer);
  }

  #drainSlow(): void {
    const slow = this.#slow ?? NOBODY;
    this.#slow = null;
    const now = Date.now();
    for (const viewer of slow) {
      viewer.outlet.drain(now);
      if (viewer.outlet.slow) this.#lookAfter(viewer);
    }
  }

  #encode(type: string, seq: number, fields: object): string {
    return JSON.stringify({ v: 1, type, epoch: this.#epoch, seq, at: new Date().toISOString(), ...fields });
  }
}

const NOBODY: ReadonlySet<Viewer> = new Set();
const TOO_FAST = { ok: false, code: 'too_fast' } as const;
