import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Stop } from '../../domain/orders.ts';
import { ROLES, SCOPES } from '../../domain/policy.ts';
import { createdAt, id, instant, merchantId, ofMerchant, systemReads } from './columns.ts';

export const merchants = pgTable(
  'merchants',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    timezone: text('timezone').notNull(),
    currency: text('currency').notNull(),
    phone: text('phone'),
    logoUrl: text('logo_url'),
    color: text('color'),
    language: text('language').notNull().default('en'),
    /** ISO 3166-1 alpha-2: how phone numbers without a country code are read. */
    country: text('country'),
    /** Between an order's creation and its being ready, where the order doesn't say. */
    preparationMinutes: integer('preparation_minutes').notNull().default(0),
    /** Where orders start that name no pickup. */
    pickup: jsonb('pickup').$type<Stop>(),
    createdAt: createdAt(),
  },
  () => [ofMerchant(sql`id`), systemReads()],
);

/** The next order number. Apart from `merchants`, so that counting doesn't rewrite the wide row. */
export const orderCounters = pgTable(
  'order_counters',
  {
    merchantId: uuid('merchant_id')
      .primaryKey()
      .references(() => merchants.id),
    last: integer('last').notNull(),
  },
  () => [ofMerchant()],
);

export const users = pgTable(
  'users',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    name: text('name').notNull(),
    email: text('email'),
    role: text('role', { enum: ROLES }).notNull(),
    /** argon2id in PHC form; null until an invitation is accepted with a password, and for drivers without one. */
    passwordHash: text('password_hash'),
    disabledAt: instant('disabled_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    // An email logs in by itself, so it is one account's over all merchants.
    uniqueIndex('users_email').on(sql`lower(${t.email})`),
    ofMerchant(),
    systemReads(),
  ],
);

const ofUser = (t: { merchantId: AnyPgColumn; userId: AnyPgColumn }, name: string) =>
  foreignKey({
    name,
    columns: [t.merchantId, t.userId],
    foreignColumns: [users.merchantId, users.id],
  }).onDelete('cascade');

/** Refresh tokens: a row each; those that grew from one log-in share the family. */
export const sessions = pgTable(
  'sessions',
  {
    merchantId: merchantId(),
    id: id(),
    userId: uuid('user_id').notNull(),
    familyId: uuid('family_id').notNull(),
    /** The token this one was exchanged for; that one stays good until this one is used. */
    parentId: uuid('parent_id'),
    tokenHash: text('token_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
    supersededAt: instant('superseded_at'),
    revokedAt: instant('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofUser(t, 'sessions_user'),
    uniqueIndex('sessions_token').on(t.tokenHash),
    index('sessions_family').on(t.merchantId, t.familyId),
    index('sessions_expiry').on(t.expiresAt),
    ofMerchant(),
    systemReads(),
  ],
);

export const invitations = pgTable(
  'invitations',
  {
    merchantId: merchantId(),
    id: id(),
    userId: uuid('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
    acceptedAt: instant('accepted_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofUser(t, 'invitations_user'),
    uniqueIndex('invitations_token').on(t.tokenHash),
    index('invitations_user_id').on(t.merchantId, t.userId),
    ofMerchant(),
    systemReads(),
  ],
);

export const passwordResets = pgTable(
  'password_resets',
  {
    merchantId: merchantId(),
    id: id(),
    userId: uuid('user_id').notNull(),
    tokenHash: text('token_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofUser(t, 'password_resets_user'),
    uniqueIndex('password_resets_token').on(t.tokenHash),
    index('password_resets_user_id').on(t.merchantId, t.userId),
    ofMerchant(),
    systemReads(),
  ],
);

export const apiKeys = pgTable(
  'api_keys',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    name: text('name').notNull(),
    scopes: text('scopes', { enum: SCOPES }).array().notNull(),
    secretHash: text('secret_hash').notNull(),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('api_keys_id').on(t.id),
    ofMerchant(),
    systemReads(),
  ],
);

export const auditLog = pgTable(
  'audit_log',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    actorType: text('actor_type').notNull(),
    actorId: uuid('actor_id'),
    action: text('action').notNull(),
    entityType: text('entity_type').notNull(),
    entityId: uuid('entity_id'),
    details: jsonb('details').$type<Record<string, unknown>>(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('audit_log_entity').on(t.merchantId, t.entityId, t.id),
    ofMerchant(),
  ],
);
