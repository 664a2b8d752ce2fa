-- What was shown at the door against what the order demands. Called by move_order, which holds the order's lock, so that
-- PINs are tried one after the other. Returns null when the step may be taken, else {outcome: 'unknown_proof', ids} or
-- {outcome: 'proof_missing', missing: photo|signature|pin …, pin?: {wrong, triesLeft}}. A wrong PIN is counted.
-- A file counts when the step names it, or when it came after the last end, undo or change of hands; a driver's own only.
-- `overrideProof` (managers and API keys) lets the order go without what is missing: audited.
create or replace function check_proof(
  o orders, p_to order_status, p_update uuid, p_update_id uuid, p_actor_type text, p_actor_id uuid, p_driver uuid,
  p_undo boolean, p_more jsonb
) returns jsonb language plpgsql security invoker as $$
declare
  named uuid[];
  shown text[];
  missing text[] := '{}';
  p order_pins;
  pin jsonb;
begin
  if p_more ? 'releaseBefore' then
    return null;
  end if;
  named := array(select jsonb_array_elements_text(p_more->'photoIds')::uuid) || (p_more->>'signatureId')::uuid;
  named := array_remove(named, null);
  if named <> '{}' then
    named := array(
      select n from unnest(named) as n where not exists (
        select from proofs f where f.merchant_id = o.merchant_id and f.order_id = o.id and f.id = n
          and (p_driver is null or f.actor_id = p_actor_id)
          and f.kind = case when n = (p_more->>'signatureId')::uuid then 'signature' else 'photo' end));
    if named <> '{}' then
      return jsonb_build_object('outcome', 'unknown_proof', 'ids', to_jsonb(named));
    end if;
  end if;
  if p_undo and o.status = 'delivered' and o.proof is not null then
    update order_pins set verified_at = null, overridden = false
      where merchant_id = o.merchant_id and order_id = o.id;
  end if;
  if p_to <> 'delivered' or o.proof is null then
    return null;
  end if;

  shown := array(
    select distinct kind from proofs f
    where f.merchant_id = o.merchant_id and f.order_id = o.id and (p_driver is null or f.actor_id = p_actor_id)
      and (p_more->'photoIds' ? f.id::text or f.id = (p_more->>'signatureId')::uuid or f.created_at >= coalesce((
        select max(u.received_at) from delivery_updates u
        where u.merchant_id = o.merchant_id and u.order_id = o.id
          and (u.kind in ('assigned', 'handed_over') or u.kind = 'status' and u.status_update in ('failed', 'delivered'))),
        '-infinity')));
  if (o.proof->>'photo')::boolean and not 'photo' = any (shown) then
    missing := missing || 'photo'::text;
  end if;
  if (o.proof->>'signature')::boolean and not 'signature' = any (shown) then
    missing := missing || 'signature'::text;
  end if;
  -- An order of the release before has no PIN that anybody could tell.
  if (o.proof->>'pin')::boolean then
    select * into p from order_pins where merchant_id = o.merchant_id and order_id = o.id;
    if found and not (p.failures < (p_more->>'pinTries')::int and p.mac = p_more->>'pinMac' or p_more->'pinRight' = 'true') is true then
      missing := missing || 'pin'::text;
    end if;
  end if;

  if missing = '{}' or p_more ? 'overrideProof' then
    update order_pins set failures = 0, last_try = null, overridden = 'pin' = any (missing),
      verified_at = case when not 'pin' = any (missing) then clock_timestamp() end
      where merchant_id = o.merchant_id and order_id = o.id;
    if missing <> '{}' then
      insert into audit_log (merchant_id, id, actor_type, actor_id, action, entity_type, entity_id, details)
      values (o.merchant_id, p_update, p_actor_type, p_actor_id, 'order.proof_overridden', 'order', o.id,
        jsonb_build_object('missing', to_jsonb(missing)));
    end if;
    return null;
  end if;
  if 'pin' = any (missing) then
    pin := jsonb_build_object('wrong', false);
    if p_more ? 'pinMac' and p.failures < (p_more->>'pinTries')::int then
      update order_pins set
        -- The same update again is the phone's, which lost the answer.
        failures = failures + case when last_try = p_update_id || ' ' || (p_more->>'pinMac') then 0 else 1 end,
        last_try = p_update_id || ' ' || (p_more->>'pinMac')
      where merchant_id = o.merchant_id and order_id = o.id
      returning * into p;
      pin := jsonb_build_object('wrong', true);
    end if;
    pin := pin || jsonb_build_object('failures', p.failures);
  end if;
  return jsonb_build_object('outcome', 'proof_missing', 'missing', to_jsonb(missing), 'pin', pin);
end $$;
