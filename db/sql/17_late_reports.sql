-- Keeps what a driver's phone reports too late: the order was cancelled, given to someone else, or moved by someone else
-- after it happened. Only for who has the order or had it, with both an update id and the time. Called by move_order, which
-- holds the order's lock. Returns {outcome: 'late', report}, the same for the same update, or null: then it is refused.
create or replace function keep_late_report(
  o orders, p_to order_status, p_report uuid, p_update_id uuid, p_occurred_at timestamptz, p_location jsonb,
  p_reason text, p_actor_id uuid, p_driver uuid, p_more jsonb
) returns jsonb language plpgsql security invoker as $$
declare
  r late_reports;
  -- Of a customer who was erased, only the figures are kept.
  erased constant boolean := o.dropoff = '{"address": "erased"}';
begin
  if p_driver is null or p_update_id is null or p_occurred_at is null or p_more ? 'releaseBefore' then
    return null;
  end if;
  select * into r from late_reports
    where merchant_id = o.merchant_id and order_id = o.id and update_id = p_update_id;
  if found then
    return case when r.driver_id = p_driver then jsonb_build_object('outcome', 'late', 'report', to_jsonb(r)) end;
  end if;
  if o.driver_id = p_driver and o.status <> 'cancelled' and not coalesce((
      select actor_id is distinct from p_actor_id and received_at > p_occurred_at from delivery_updates
      where merchant_id = o.merchant_id and order_id = o.id and kind = 'status' order by version desc limit 1), false)
    or not exists (
      select from delivery_updates where merchant_id = o.merchant_id and order_id = o.id and driver_id = p_driver)
    or (select count(*) from late_reports
      where merchant_id = o.merchant_id and order_id = o.id and driver_id = p_driver) >= 50 then
    return null;
  end if;
  insert into late_reports (merchant_id, id, order_id, driver_id, update_id, status, order_status, occurred_at, received_at,
    reason, location, details)
  values (o.merchant_id, p_report, o.id, p_driver, p_update_id, p_to, o.status,
    least(p_occurred_at, clock_timestamp()), clock_timestamp(),
    case when not erased then p_reason end, case when not erased then p_location end,
    jsonb_strip_nulls(jsonb_build_object(
      'reasonCode', p_more->'reasonCode', 'cashCollected', p_more->'cashCollected',
      -- Told to managers only, and no try: it cannot be used to find the PIN.
      'pinRight', (select pin.mac = p_more->>'pinMac' from order_pins pin
        where pin.merchant_id = o.merchant_id and pin.order_id = o.id))
      || case when erased then '{}' else coalesce(p_more->'details', '{}') end))
  returning * into r;
  insert into outbox (topic, merchant_id, entity_id, version, payload)
  values ('late_report', o.merchant_id, r.id, 1, to_jsonb(r));
  return jsonb_build_object('outcome', 'late', 'report', to_jsonb(r));
end $$;

-- Settles a late report: the manager has seen it and, with `p_apply`, takes it as true: the order gets back the driver who
-- reported it and takes the reported step, whatever proof is missing, all in one transaction and as legally as any other.
-- Returns {outcome, report?, …}: done, repeat (settled before), not_found, or {outcome: 'refused', step} with what
-- assign_order or move_order said; then nothing has changed.
create or replace function settle_late_report(
  p_merchant uuid, p_report uuid, p_apply boolean, p_note text, p_legal_from order_status[], p_assign_from order_status[],
  p_hand_over_from order_status[], p_assignment uuid, p_update uuid, p_actor_type text, p_actor_id uuid
) returns jsonb language plpgsql security invoker as $$
declare
  r late_reports;
  o orders;
  step jsonb;
begin
  perform set_config('app.merchant', p_merchant::text, true);
  select * into r from late_reports where merchant_id = p_merchant and id = p_report;
  if not found then
    return jsonb_build_object('outcome', 'not_found');
  end if;
  -- The order first, as everywhere: two locks in two orders would wait for each other.
  select * into o from orders where merchant_id = p_merchant and id = r.order_id for update;
  select * into r from late_reports where merchant_id = p_merchant and id = p_report for update;
  if r.settled_at is not null then
    return jsonb_build_object('outcome', 'repeat', 'report', to_jsonb(r));
  end if;
  if p_apply then
    begin
      if o.driver_id is distinct from r.driver_id then
        step := assign_order(p_merchant, o.id, r.driver_id, o.driver_id, p_assign_from, p_hand_over_from, p_assignment,
          p_actor_type, p_actor_id, null);
        if step->>'outcome' <> 'done' then
          raise exception 'refused' using errcode = 'DM001';
        end if;
      end if;
      step := move_order(p_merchant, o.id, r.status, p_legal_from, '{}', 0, p_update, r.update_id, r.occurred_at,
        r.location, r.reason, p_actor_type, p_actor_id, null, null,
        coalesce(r.details, '{}') - array['photoIds', 'signatureId']
          || jsonb_build_object('details', coalesce(r.details, '{}') - array['reasonCode', 'pinRight'], 'overrideProof', true));
      -- A repeat: the phone told it again when it had the order back, and was heard.
      if not (step->>'outcome' = 'done' or step->>'outcome' = 'repeat' and o.driver_id = r.driver_id) then
        raise exception 'refused' using errcode = 'DM001';
      end if;
    exception when sqlstate 'DM001' then
      return jsonb_build_object('outcome', 'refused', 'step', step);
    end;
  end if;
  update late_reports set settled_at = clock_timestamp(), settled_by = p_actor_id,
    details = coalesce(details, '{}') || jsonb_strip_nulls(jsonb_build_object('note', p_note, 'applied', p_apply))
  where merchant_id = p_merchant and id = p_report
  returning * into r;
  insert into audit_log (merchant_id, id, actor_type, actor_id, action, entity_type, entity_id, details)
  values (p_merchant, p_assignment, p_actor_type, p_actor_id, 'late_report.settled', 'late_report', r.id,
    jsonb_build_object('applied', p_apply, 'orderId', r.order_id, 'status', r.status));
  return jsonb_build_object('outcome', 'done', 'report', to_jsonb(r));
end $$;
