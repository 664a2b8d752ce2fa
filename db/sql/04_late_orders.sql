-- How the deliveries of all merchants stand, for the operator's alarms: orders with a promise whose time has begun (`due`);
-- those of them that are past it, or cannot keep it even by the earliest of their ETA (`late`); and for how long the oldest
-- order has waited for a driver, from when it is ready, else its window's begin, else its creation. An order that failed
-- or is on its way back is told by its status; one that nobody has touched for a day after its time was forgotten, and is
-- no news. Read by the worker, for whom it acts with the owner's rights, through the partial index of active orders.
create or replace function late_orders(out due int, out late int, out unassigned_seconds float8)
language sql stable security definer set search_path = pg_catalog, public as $$
  with active as (
    select status, created_at, ready_at, promised_at,
      (dropoff->'window'->>'from')::timestamptz as opens,
      (eta->'dropoff'->>'from')::timestamptz as arrives
    from public.orders
    where status in ('created', 'assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up', 'enroute_to_dropoff',
      'arrived_at_dropoff') and sandbox is not true
  ), judged as (
    select status, coalesce(opens, created_at) <= now() as has_begun,
      greatest(created_at, coalesce(ready_at, opens)) as waits_since,
      promised_at > now() - interval '1 day' as is_promised,
      promised_at < now() or status <> 'created' and arrives > promised_at as is_late
    from active
  )
  select
    count(*) filter (where is_promised and (has_begun or is_late)),
    count(*) filter (where is_promised and is_late),
    coalesce(extract(epoch from now() - min(waits_since) filter (
      where status = 'created' and waits_since between now() - interval '1 day' and now())), 0)
  from judged
$$;
revoke all on function late_orders() from public;
grant execute on function late_orders() to dropmate_system;
