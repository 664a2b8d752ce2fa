-- Moves an order to another status, in one round trip. The legal steps come from the one table in
-- domain/order-status.ts: `p_legal_from` without a limit, `p_undo_from` for `p_undo_seconds` after the server heard of it.
-- `p_driver`: only if the order is that driver's (null: anyone's). `p_version`: only at that version (null: at any).
-- `p_more`, or null: {reasonCode, cashCollected, photoIds, signatureId, pinMac, overrideProof, details}, of which
-- `details` goes to the log as it is; {releaseBefore} asks for what the release before knew.
-- Returns {outcome, order?, …}: done, repeat (this update was taken before), not_found, stale, illegal,
-- late {report} (see 17), unknown_proof {ids}, proof_missing {missing, pin?} (see 16).
-- The taking back of a mis-tap is audited; it takes back the cash and the PIN with it.
-- A repeat comes first: the driver who declined an order and lost the answer has it no more, and yet is told it is done.
create or replace function move_order(
  p_merchant uuid, p_order uuid, p_to order_status, p_legal_from order_status[], p_undo_from order_status[],
  p_undo_seconds int, p_update uuid, p_update_id uuid, p_occurred_at timestamptz, p_location jsonb, p_reason text,
  p_actor_type text, p_actor_id uuid, p_driver uuid, p_version int, p_more jsonb
) returns jsonb language plpgsql security invoker as $$
declare
  o orders;
  undone order_status;
  undo boolean;
  refused jsonb;
  -- To the millisecond, as the columns are, so that all the places it is written to agree.
  received timestamptz(3);
  occurred timestamptz(3);
begin
  perform set_config('app.merchant', p_merchant::text, true);
  select * into o from orders where merchant_id = p_merchant and id = p_order for update;
  if not found then
    return jsonb_build_object('outcome', 'not_found');
  end if;
  if p_update_id is not null and exists (
    select from delivery_updates where merchant_id = p_merchant and order_id = p_order and update_id = p_update_id
      and (p_driver is null or o.driver_id = p_driver or actor_id = p_actor_id)
  ) then
    return jsonb_build_object('outcome', 'repeat', 'order', to_jsonb(o));
  end if;
  if p_driver is not null and o.driver_id is distinct from p_driver then
    return coalesce(keep_late_report(o, p_to, p_update, p_update_id, p_occurred_at, p_location, p_reason, p_actor_id, p_driver, p_more),
      jsonb_build_object('outcome', 'not_found'));
  end if;
  if p_version is not null and p_version <> o.version then
    return jsonb_build_object('outcome', 'stale', 'order', to_jsonb(o));
  end if;
  received := clock_timestamp();
  undo := o.status = any (p_undo_from);
  if not (o.status = any (p_legal_from)
    or undo and o.status_at >= received - make_interval(secs => p_undo_seconds)) then
    return coalesce(keep_late_report(o, p_to, p_update, p_update_id, p_occurred_at, p_location, p_reason, p_actor_id, p_driver, p_more),
      jsonb_build_object('outcome', 'illegal', 'order', to_jsonb(o)));
  end if;
  undo := undo and not (o.status = any (p_legal_from));
  undone := o.status;
  if p_more is not null or o.proof is not null then
    refused := check_proof(o, p_to, p_update, p_update_id, p_actor_type, p_actor_id, p_driver, undo, p_more);
    if refused is not null then
      return refused;
    end if;
  end if;

  -- A phone's clock may be wrong, but not before the steps that the order has taken nor in the future.
  occurred := least(greatest(coalesce(p_occurred_at, received), o.created_at,
    (select max(step.value::timestamptz) from jsonb_each_text(o.steps) as step)), received);
  update orders set
    status = p_to,
    version = version + 1,
    -- Why it failed stays told while it is brought back.
    reason = case when p_to in ('enroute_to_return', 'returned') then coalesce(p_reason, reason) else p_reason end,
    reason_code = case when p_to in ('enroute_to_return', 'returned') then coalesce(p_more->>'reasonCode', reason_code)
      else p_more->>'reasonCode' end,
    attempts = case when p_to = 'failed' then coalesce(attempts, 0) + 1
      when undo and undone = 'failed' then greatest(attempts - 1, 0) else attempts end,
    -- Who says nothing of the cash took in what was due.
    cash_collected = case when p_to = 'delivered' then coalesce((p_more->>'cashCollected')::bigint, cash_on_delivery)
      when undo then null else cash_collected end,
    steps = case when undo then steps - o.status::text else steps end || jsonb_build_object(p_to::text, utc(occurred)),
    status_at = received,
    updated_at = received,
    pickup_time = case p_to when 'picked_up' then occurred when 'created' then null else pickup_time end,
    delivery_time = case when p_to = 'delivered' then occurred when undo then null else delivery_time end,
    estimated_at = case when p_to = 'created' then null when p_to in ('picked_up', 'enroute_to_dropoff') then
      coalesce(estimated_at, (eta->'dropoff'->>'from')::timestamptz
        + ((eta->'dropoff'->>'to')::timestamptz - (eta->'dropoff'->>'from')::timestamptz) / 2) else estimated_at end,
    driver_id = case p_to when 'created' then null else driver_id end,
    stop_sequence = case when p_to in ('created', 'delivered', 'cancelled', 'returned') then null else stop_sequence end,
    eta = case when p_to in ('created', 'delivered', 'cancelled', 'failed', 'returned') then null else eta end
  where merchant_id = p_merchant and id = p_order
  returning * into o;
  perform record_order_change(
    o, p_update, 'status', occurred, p_update_id, p_actor_type, p_actor_id, p_reason, p_location);
  if p_more->'details' is not null then
    update delivery_updates set details = p_more->'details'
    where merchant_id = p_merchant and order_id = p_order and id = p_update;
  end if;
  if undo then
    insert into audit_log (merchant_id, id, actor_type, actor_id, action, entity_type, entity_id, details)
    values (p_merchant, p_update, p_actor_type, p_actor_id, 'order.undone', 'order', p_order,
      jsonb_build_object('from', undone, 'to', p_to));
  end if;
  return jsonb_build_object('outcome', 'done', 'order', to_jsonb(o));
end $$;

-- What the release before calls, while it still runs: it knows neither proofs nor late reports. To go with the next one.
create or replace function change_status(
  p_merchant uuid, p_order uuid, p_to order_status, p_legal_from order_status[], p_undo_from order_status[],
  p_undo_seconds int, p_update uuid, p_update_id uuid, p_occurred_at timestamptz, p_location jsonb, p_reason text,
  p_actor_type text, p_actor_id uuid, p_driver uuid, p_version int
) returns jsonb language plpgsql security invoker as $$
begin
  return move_order(p_merchant, p_order, p_to, p_legal_from, p_undo_from, p_undo_seconds, p_update, p_update_id,
    p_occurred_at, p_location, p_reason, p_actor_type, p_actor_id, p_driver, p_version, '{"releaseBefore": true}');
end $$;
