-- Deletes what has served its time, of all merchants: idempotency keys after a day, sessions a month after they expired.
-- Run daily by the worker, for whom it acts with the owner's rights.
create or replace function delete_expired(out idempotency_keys int, out sessions int)
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  delete from public.idempotency_keys where created_at < now() - interval '24 hours';
  get diagnostics idempotency_keys = row_count;
  delete from public.sessions where expires_at < now() - interval '30 days';
  get diagnostics sessions = row_count;
end $$;
revoke all on function delete_expired() from public;
grant execute on function delete_expired() to dropmate_system;
