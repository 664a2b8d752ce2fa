-- The two rows that every change of an order leaves behind, in the same statement as the change: its line in the log,
-- and what others must hear of it. Called by the functions below and by edits; never alone.
create or replace function record_order_change(
  p_order orders, p_id uuid, p_kind text, p_timestamp timestamptz, p_update_id uuid,
  p_actor_type text, p_actor_id uuid, p_reason text, p_location jsonb
) returns void language sql security invoker as $$
  insert into delivery_updates (merchant_id, order_id, id, version, kind, status_update, driver_id, timestamp, received_at,
    update_id, actor_type, actor_id, reason, reason_code, location)
  values (p_order.merchant_id, p_order.id, p_id, p_order.version, p_kind, p_order.status, p_order.driver_id, p_timestamp,
    p_order.updated_at, p_update_id, p_actor_type, p_actor_id, p_reason,
    case when p_kind = 'status' then p_order.reason_code end, p_location);
  insert into outbox (topic, merchant_id, entity_id, version, payload)
  values ('order', p_order.merchant_id, p_order.id, p_order.version, to_jsonb(p_order));
  -- The kept figures of its day, whatever the time zone, are to be made anew.
  insert into analytics_days (merchant_id, day, timezone)
    select p_order.merchant_id, p_order.created_at::date + d, 'none' from generate_series(-1, 1) d
    where p_order.created_at < now() - interval '36 hours'
  on conflict (merchant_id, day) do update set figures = null;
$$;
