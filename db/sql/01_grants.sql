-- Who may touch what. Row policies (in the schema) say which rows; this says which tables and columns.
grant usage on schema public to dropmate_app, dropmate_system;

grant select, insert, update, delete on all tables in schema public to dropmate_app;
grant usage, select on all sequences in schema public to dropmate_app;
revoke all on maintenance_runs, throttles from dropmate_app;

revoke all on all tables in schema public from dropmate_system;
grant select (id, name, created_at) on merchants to dropmate_system;
grant select (merchant_id, id, name, email, role, password_hash, disabled_at) on users to dropmate_system;
grant select (merchant_id, id, user_id, token_hash, expires_at) on sessions to dropmate_system;
grant select (merchant_id, id, user_id, token_hash, expires_at, accepted_at) on invitations to dropmate_system;
grant select (merchant_id, id, user_id, token_hash, expires_at, used_at) on password_resets to dropmate_system;
grant select (merchant_id, id, scopes, secret_hash, expires_at, revoked_at) on api_keys to dropmate_system;
grant select (merchant_id, id, driver_id, token_hash, revoked_at) on devices to dropmate_system;
grant select (merchant_id, id, user_id, removed_at) on drivers to dropmate_system;
grant select (merchant_id, id, status, status_at, tracking_hash) on orders to dropmate_system;
grant select (merchant_id, disabled_at) on webhook_endpoints to dropmate_system;
grant select (merchant_id, id, endpoint_id, event, status, round, step, next_attempt_at)
  on webhook_deliveries to dropmate_system;
grant select, delete on outbox to dropmate_system;
-- Claiming rows locks them (`for update skip locked`), which Postgres allows to those who may update a column.
grant update (id) on outbox to dropmate_system;
grant select, insert, update on maintenance_runs to dropmate_system;
grant select, insert, update, delete on throttles to dropmate_system;

-- `/readyz` looks whether the migrations that it needs have run.
grant usage on schema drizzle to dropmate_system;
grant select on drizzle.__drizzle_migrations to dropmate_system;

-- The queue's tables are the worker's own.
create schema if not exists pgboss authorization dropmate_system;
