-- The smallest UUIDv7 of that moment (RFC 9562, 5.7: the first 48 bits are milliseconds).
create or replace function first_id_at(p_at timestamptz) returns uuid language sql immutable strict parallel safe as $$
  select (overlay(lpad(to_hex(greatest(0, floor(extract(epoch from p_at) * 1000))::bigint), 12, '0') placing '-' from 9 for 0)
    || '-7000-8000-000000000000')::uuid
$$;

-- A duration's place in a histogram: each bucket is 5 % wider than the one before, so that a median read from it is right
-- within 2.5 %. Histograms of several days add up, medians do not. domain/histogram.ts reads them.
-- (Not strict, or Postgres would not inline it: half of the time.)
create or replace function duration_bucket(p_duration interval) returns int language sql immutable parallel safe as $$
  -- In float8 (0.0487… is ln 1.05), and by date_part, which gives it: `extract` and numeric's logarithm take ten times as long.
  select floor(ln(greatest(1, date_part('epoch', p_duration))) / 0.04879016416943205::float8)::int
$$;

-- The figures of the orders that a merchant created within [p_from, p_to), as functions/analytics/figures.ts adds them up.
-- Run with the merchant set. Sandbox orders don't count.
create or replace function analytics_of(p_merchant uuid, p_from timestamptz, p_to timestamptz, p_timezone text) returns jsonb
language sql volatile security invoker as $$
  with o as materialized (
    select status, driver_id, currency, total, tip, fee, cash_collected, distance, attempts, reason_code, promised_at,
      extract(hour from created_at at time zone p_timezone)::int as hour,
      delivery_time, estimated_at, created_at, pickup_time, (steps->>'assigned')::timestamptz as assigned_at
    from orders
    -- Ids grow with the time of creation, by clocks that differ by a minute at most: so the primary key serves.
    where merchant_id = p_merchant and id >= first_id_at(p_from - interval '1 minute')
      and id < first_id_at(p_to + interval '1 minute')
      and created_at >= p_from and created_at < p_to and sandbox is not true
  ), stages as (
    -- A branch each: as rows of a lateral `values` it takes twice as long.
    select 'createdToAssigned' as stage, duration_bucket(assigned_at - created_at) as bucket, count(*) as n
      from o where assigned_at >= created_at group by 2
    union all
    select 'assignedToPickup', duration_bucket(pickup_time - assigned_at), count(*)
      from o where pickup_time >= assigned_at group by 2
    union all
    select 'pickupToDelivered', duration_bucket(delivery_time - pickup_time), count(*)
      from o where status = 'delivered' and delivery_time >= pickup_time group by 2
    union all
    select 'createdToDelivered', duration_bucket(delivery_time - created_at), count(*)
      from o where status = 'delivered' and delivery_time >= created_at group by 2
    union all
    select 'etaError', duration_bucket(greatest(delivery_time, estimated_at) - least(delivery_time, estimated_at)), count(*)
      from o where status = 'delivered' and delivery_time is not null and estimated_at is not null group by 2
  )
  select jsonb_build_object(
    'status', (select jsonb_object_agg(status, n) from (select status, count(*) as n from o group by 1) x),
    'hours', (select jsonb_object_agg(hour, n) from (select hour, count(*) as n from o group by 1) x),
    'stages', (select jsonb_object_agg(stage, buckets)
      from (select stage, jsonb_object_agg(bucket, n) as buckets from stages group by 1) x),
    'reasons', (select jsonb_object_agg(reason_code, n)
      from (select reason_code, count(*) as n from o where reason_code is not null and status <> 'delivered' group by 1) x),
    'money', (select jsonb_object_agg(currency, m) from (
      select currency, jsonb_build_object('tips', coalesce(sum(tip) filter (where status = 'delivered'), 0),
        'cashCollected', coalesce(sum(cash_collected), 0),
        'fees', coalesce(sum(fee) filter (where status = 'delivered'), 0),
        'totals', coalesce(sum(total) filter (where status = 'delivered'), 0)) as m
      from o group by 1) x),
    'drivers', (select jsonb_object_agg(driver_id, d) from (
      select driver_id, jsonb_build_object('delivered', count(*),
        'promised', count(promised_at), 'onTime', count(*) filter (where delivery_time <= promised_at),
        'distance', coalesce(sum(distance), 0)) as d
      from o where status = 'delivered' and driver_id is not null group by 1) x),
    'promised', (select count(*) from o where status = 'delivered' and promised_at is not null),
    'onTime', (select count(*) from o where status = 'delivered' and delivery_time <= promised_at),
    'distance', (select coalesce(sum(distance), 0) from o where status = 'delivered'),
    'measured', (select count(distance) from o where status = 'delivered'),
    'attempts', (select coalesce(sum(attempts), 0) from o))
$$;

-- The figures of some days of the merchant's time zone, [{on_day, figures_of}]: kept ones of days that ended a day and a
-- half ago, the others made now. Days before the first order have nothing to keep. Run with the merchant set.
create or replace function analytics_days_of(p_merchant uuid, p_first date, p_last date, p_timezone text)
returns table (on_day date, figures_of jsonb) language plpgsql security invoker as $$
declare
  starts timestamptz;
  ends timestamptz;
  first_order uuid := (select id from orders where merchant_id = p_merchant order by id limit 1);
begin
  for on_day, figures_of in
    select d::date, a.figures from generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') d
      left join analytics_days a on a.merchant_id = p_merchant and a.day = d::date and a.timezone = p_timezone
      order by d
  loop
    if figures_of is null then
      starts := on_day::timestamp at time zone p_timezone;
      ends := (on_day + 1)::timestamp at time zone p_timezone;
      if ends < now() - interval '36 hours' and first_order < first_id_at(ends + interval '1 minute') then
        -- The row is locked before the orders are read: a change of an old order waits here, or was seen.
        insert into analytics_days (merchant_id, day, timezone) values (p_merchant, on_day, p_timezone)
          on conflict (merchant_id, day) do update set timezone = p_timezone;
        figures_of := analytics_of(p_merchant, starts, ends, p_timezone);
        update analytics_days set figures = figures_of where merchant_id = p_merchant and day = on_day;
      elsif starts <= now() then
        figures_of := analytics_of(p_merchant, starts, ends, p_timezone);
      end if;
    end if;
    return next;
  end loop;
end $$;

-- Makes the figures of the week that are not kept yet, of all merchants, so that nobody waits for them. Run daily by the
-- worker, for whom it acts with the owner's rights.
create or replace function keep_analytics() returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  m record;
  kept int := 0;
begin
  for m in select id, timezone, (now() at time zone timezone)::date as today from public.merchants loop
    perform from public.analytics_days_of(m.id, m.today - 9, m.today - 3, m.timezone);
    kept := kept + 1;
  end loop;
  return kept;
end $$;
revoke all on function keep_analytics() from public;
grant execute on function keep_analytics() to dropmate_system;
