-- Removes what has served its time, of all merchants. `p_days` says for how many days things are kept (domain/retention.ts
-- has the defaults): {trails, messages, notifications, webhooks, audit}; a number that is missing keeps them for ever.
-- Answers of idempotency keys go after a day, sessions a month after they expired, quotes a week.
-- A message to someone that should have ended long ago and did not (its job was lost in a restore) is given up, so that it
-- is seen. Run daily by the worker, for whom it acts with the owner's rights. Returns the numbers of rows by what they are.
create or replace function remove_expired(p_days jsonb) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  removed jsonb := '{}';
  n int;
  partition record;
begin
  delete from public.idempotency_keys where created_at < now() - interval '24 hours';
  get diagnostics n = row_count;
  removed := removed || jsonb_build_object('idempotencyKeys', n);
  delete from public.sessions where expires_at < now() - interval '30 days';
  get diagnostics n = row_count;
  removed := removed || jsonb_build_object('sessions', n);
  delete from public.password_resets where expires_at < now() - interval '1 day';
  delete from public.quotes where expires_at < now() - interval '7 days';
  delete from public.throttles where expire < (extract(epoch from now()) * 1000)::bigint;

  -- With a chat's last message goes what of it was read.
  with gone as (
    delete from public.messages where created_at < now() - make_interval(days => (p_days->>'messages')::int)
    returning merchant_id, order_id
  )
  delete from public.message_reads r using gone g
  where r.merchant_id = g.merchant_id and r.order_id = g.order_id and not exists (
    select from public.messages m where m.merchant_id = g.merchant_id and m.order_id = g.order_id
      and m.created_at >= now() - make_interval(days => (p_days->>'messages')::int));
  delete from public.webhook_deliveries where created_at < now() - make_interval(days => (p_days->>'webhooks')::int);
  get diagnostics n = row_count;
  removed := removed || jsonb_build_object('webhookDeliveries', n);
  delete from public.notification_log where created_at < now() - make_interval(days => (p_days->>'notifications')::int);
  get diagnostics n = row_count;
  removed := removed || jsonb_build_object('notifications', n);
  delete from public.order_notices
    where created_at < now() - make_interval(days => (p_days->>'notifications')::int);
  delete from public.push_subscriptions s using public.orders o
  where o.merchant_id = s.merchant_id and o.id = s.order_id and o.status in ('delivered', 'cancelled', 'returned')
    and o.status_at < now() - interval '7 days';
  update public.notification_log set status = 'failed', detail = 'its sending was lost', updated_at = now()
  where status = 'queued' and queued_at < now() - interval '49 hours';
  delete from public.audit_log where created_at < now() - make_interval(days => (p_days->>'audit')::int);
  get diagnostics n = row_count;
  removed := removed || jsonb_build_object('audit', n);

  -- A week of trails is one table, and goes as one; the name says which (02_trail_partitions.sql).
  n := 0;
  for partition in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.trail_chunks'::regclass and c.relname ~ '^trail_chunks_\d{4}w\d{2}$'
      and to_date(substr(c.relname, 14), 'IYYY"w"IW') + 7
        <= (now() at time zone 'UTC')::date - (p_days->>'trails')::int
  loop
    execute format('drop table public.%I', partition.name);
    n := n + 1;
  end loop;
  delete from public.trail_chunks_default
    where started_at < now() - make_interval(days => (p_days->>'trails')::int);
  return removed || jsonb_build_object('weeksOfTrails', n);
end $$;
revoke all on function remove_expired(jsonb) from public;
grant execute on function remove_expired(jsonb) to dropmate_system;

-- What the worker of the release before calls. To go with the next one.
create or replace function delete_expired(out idempotency_keys int, out sessions int)
language sql security definer set search_path = pg_catalog, public as $$
  select (removed->>'idempotencyKeys')::int, (removed->>'sessions')::int
  from public.remove_expired('{"messages": 30, "webhooks": 30, "notifications": 90}') removed
$$;
revoke all on function delete_expired() from public;
grant execute on function delete_expired() to dropmate_system;
