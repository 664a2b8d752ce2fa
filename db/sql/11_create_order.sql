-- Creates an order, in one round trip. `p_order` holds the columns that the caller decides; number, currency, version,
-- times and, where it names none, the merchant's usual pickup are filled in here. `p_customer` is the dropoff's contact:
-- the customer known by that phone (or email, without a phone) is taken, else a new one with the id given.
-- Returns {outcome: 'done', order} or {outcome: 'no_pickup'}.
create or replace function create_order(
  p_merchant uuid, p_order jsonb, p_customer jsonb, p_update uuid, p_actor_type text, p_actor_id uuid
) returns jsonb language plpgsql security invoker as $$
declare
  o orders;
  m merchants;
begin
  perform set_config('app.merchant', p_merchant::text, true);
  select * into strict m from merchants where id = p_merchant;
  o := jsonb_populate_record(null::orders, p_order);
  o.pickup := coalesce(o.pickup, m.pickup);
  if o.pickup is null then
    return jsonb_build_object('outcome', 'no_pickup');
  end if;

  insert into order_counters as c (merchant_id, last) values (p_merchant, 1)
    on conflict (merchant_id) do update set last = c.last + 1
    returning c.last into o.number;
  o.customer_id := find_or_add_customer(p_merchant, p_customer);
  o.merchant_id := p_merchant;
  o.status := 'created';
  o.version := 1;
  o.currency := m.currency;
  o.needs_placing := not (o.pickup ? 'location' and o.dropoff ? 'location');
  o.created_at := now();
  o.updated_at := o.created_at;
  o.status_at := o.created_at;
  o.steps := jsonb_build_object('created', utc(o.created_at));
  o.tracking_revision := 0;
  o.attempts := 0;
  o.sandbox := coalesce(o.sandbox, false);
  insert into orders values (o.*);
  perform record_order_change(o, p_update, 'created', o.created_at, null, p_actor_type, p_actor_id, null, null);
  return jsonb_build_object('outcome', 'done', 'order', to_jsonb(o));
end $$;
