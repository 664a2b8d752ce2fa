-- Tells, once an order, that it is late, and, once an attempt, that it is about to arrive: no write of the order's own says
-- either. Late: somebody still waits for it (PROMISE_STATUSES in domain/lateness.ts) and the promise is past, by less than a
-- day: after that it was forgotten, and is no news. Arriving: carried, within some five minutes by its ETA (a range of at
-- least three minutes to each side), and by a driver who was seen lately; a phone that went silent lets its ETA go stale.
-- Run each minute by the worker, for whom it acts with the owner's rights, through the partial index of active orders.
create or replace function note_order_times(out late int, out arriving int)
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  with due as (
    select o.merchant_id, o.id, o.version from orders o
    where o.status in ('created', 'assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up', 'enroute_to_dropoff',
        'arrived_at_dropoff')
      and o.promised_at between now() - interval '1 day' and now()
      and not exists (select from order_notices n
        where n.merchant_id = o.merchant_id and n.order_id = o.id and n.notice = 'late')
  ), noted as (
    insert into order_notices (merchant_id, order_id, notice, version)
    select merchant_id, id, 'late', version from due
    on conflict do nothing returning merchant_id, order_id
  )
  insert into outbox (topic, merchant_id, entity_id, version, payload)
  select 'order_late', o.merchant_id, o.id, o.version, to_jsonb(o)
  from noted n join orders o on o.merchant_id = n.merchant_id and o.id = n.order_id;
  get diagnostics late = row_count;

  with due as (
    select o.merchant_id, o.id, o.version, 'arriving:' || coalesce(o.attempts, 0) as notice from orders o
    join drivers d on d.merchant_id = o.merchant_id and d.id = o.driver_id
    where o.status in ('picked_up', 'enroute_to_dropoff')
      and (o.eta->'dropoff'->>'from')::timestamptz < now() + interval '2 minutes'
      and (d.location->>'fixedAt')::timestamptz > now() - interval '2 minutes'
      and not exists (select from order_notices n where n.merchant_id = o.merchant_id and n.order_id = o.id
        and n.notice = 'arriving:' || coalesce(o.attempts, 0))
  ), noted as (
    insert into order_notices (merchant_id, order_id, notice, version)
    select merchant_id, id, notice, version from due
    on conflict do nothing returning merchant_id, order_id
  )
  insert into outbox (topic, merchant_id, entity_id, version, payload)
  select 'order_arriving', o.merchant_id, o.id, o.version, to_jsonb(o)
  from noted n join orders o on o.merchant_id = n.merchant_id and o.id = n.order_id;
  get diagnostics arriving = row_count;
end $$;
revoke all on function note_order_times() from public;
grant execute on function note_order_times() to dropmate_system;
