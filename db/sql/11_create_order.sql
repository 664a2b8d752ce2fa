-- Creates an order, in one round trip. `p_order` holds the columns that the caller decides; number, currency, version,
-- times, distance, promise and, where it names none, the merchant's usual pickup are filled in here, and the fee of the
-- quote that it names. `p_customer` is the dropoff's contact: the customer known by that phone (or email, without a
-- phone) is taken, else a new one with the id given.
-- Returns {outcome: 'done', order}, {outcome: 'no_pickup'} or what take_quote says is wrong.
create or replace function create_order(
  p_merchant uuid, p_order jsonb, p_customer jsonb, p_update uuid, p_actor_type text, p_actor_id uuid
) returns jsonb language plpgsql security invoker as $$
declare
  o orders;
  m merchants;
  quoted jsonb;
begin
  perform set_config('app.merchant', p_merchant::text, true);
  select * into strict m from merchants where id = p_merchant;
  o := jsonb_populate_record(null::orders, p_order);
  o.pickup := coalesce(o.pickup, m.pickup);
  if o.pickup is null then
    return jsonb_build_object('outcome', 'no_pickup');
  end if;
  o.merchant_id := p_merchant;
  if o.quote_id is not null then
    quoted := take_quote(o, m.currency);
    if quoted ? 'outcome' then
      return quoted;
    end if;
    o.fee := quoted->'fee';
  end if;

  insert into order_counters as c (merchant_id, last) values (p_merchant, 1)
    on conflict (merchant_id) do update set last = c.last + 1
    returning c.last into o.number;
  o.customer_id := find_or_add_customer(p_merchant, p_customer);
  o.status := 'created';
  o.version := 1;
  o.currency := m.currency;
  o.needs_placing := not (o.pickup ? 'location' and o.dropoff ? 'location');
  o.distance := round(distance_metres(o.pickup->'location', o.dropoff->'location'));
  o.created_at := now();
  if o.ready_at is null and m.preparation_minutes > 0 then
    o.ready_at := o.created_at + make_interval(mins => m.preparation_minutes);
  end if;
  o.promised_at := coalesce((o.dropoff->'window'->>'to')::timestamptz, (quoted->>'promisedAt')::timestamptz);
  o.updated_at := o.created_at;
  o.status_at := o.created_at;
  o.steps := jsonb_build_object('created', utc(o.created_at));
  o.tracking_revision := 0;
  o.attempts := 0;
  o.sandbox := coalesce(o.sandbox, false);
  insert into orders values (o.*);
  -- Its PIN, where one is demanded, comes as `pin` {sealed, mac}: apart from the row, which travels.
  if p_order ? 'pin' then
    insert into order_pins (merchant_id, order_id, sealed, mac)
    values (p_merchant, o.id, p_order->'pin'->>'sealed', p_order->'pin'->>'mac');
  end if;
  perform record_order_change(o, p_update, 'created', o.created_at, null, p_actor_type, p_actor_id, null, null);
  return jsonb_build_object('outcome', 'done', 'order', to_jsonb(o));
end $$;
