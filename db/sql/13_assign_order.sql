-- Gives an order to a driver, in one round trip. Without a driver so far: it becomes assigned. With one, the caller must
-- show that they know of that driver (`p_replaces`, or `p_version`), so that of two who assign at once one wins and the
-- other hears of it. `p_hand_over_from`: carried orders keep their status when they change hands.
-- Returns {outcome, order?}: done, not_found, no_driver, stale, taken, illegal.
create or replace function assign_order(
  p_merchant uuid, p_order uuid, p_driver uuid, p_replaces uuid, p_assign_from order_status[],
  p_hand_over_from order_status[], p_update uuid, p_actor_type text, p_actor_id uuid, p_version int
) returns jsonb language plpgsql security invoker as $$
declare
  o orders;
  hand_over boolean;
  received timestamptz(3);
begin
  perform set_config('app.merchant', p_merchant::text, true);
  select * into o from orders where merchant_id = p_merchant and id = p_order for update;
  if not found then
    return jsonb_build_object('outcome', 'not_found');
  end if;
  perform from drivers
    where merchant_id = p_merchant and id = p_driver and removed_at is null
      -- Robots bring what the sandbox sends, and nothing else; nobody else does.
      and coalesce(robot, false) = coalesce(o.sandbox, false)
    for share;
  if not found then
    return jsonb_build_object('outcome', 'no_driver');
  end if;
  if p_version is not null and p_version <> o.version then
    return jsonb_build_object('outcome', 'stale', 'order', to_jsonb(o));
  end if;
  hand_over := o.status = any (p_hand_over_from);
  if not (hand_over or o.status = any (p_assign_from)) then
    return jsonb_build_object('outcome', 'illegal', 'order', to_jsonb(o));
  end if;
  if o.driver_id = p_driver
    or o.driver_id is not null and p_version is null and p_replaces is distinct from o.driver_id
    or o.driver_id is null and p_replaces is not null then
    return jsonb_build_object('outcome', 'taken', 'order', to_jsonb(o));
  end if;

  received := clock_timestamp();
  update orders set
    driver_id = p_driver,
    status = case when hand_over then status else 'assigned' end,
    version = version + 1,
    reason = null,
    reason_code = null,
    steps = case when hand_over then steps
      else steps - array['enroute_to_pickup', 'arrived_at_pickup']
        || jsonb_build_object('assigned', utc(received)) end,
    stop_sequence = null,
    status_at = case when hand_over then status_at else received end,
    updated_at = received,
    eta = null
  where merchant_id = p_merchant and id = p_order
  returning * into o;
  perform record_order_change(o, p_update, case when hand_over then 'handed_over' else 'assigned' end, o.updated_at, null,
    p_actor_type, p_actor_id, null, null);
  return jsonb_build_object('outcome', 'done', 'order', to_jsonb(o));
end $$;
