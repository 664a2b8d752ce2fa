-- What a key answered before: {outcome: 'replay', order} for the same request, {outcome: 'other_request'} for another,
-- null when the key is new or its answer a day old. Asked before the geocoder is, and again by create_order_once.
create or replace function find_created_order(p_merchant uuid, p_key text, p_request_hash text) returns jsonb
language plpgsql security invoker as $$
begin
  perform set_config('app.merchant', p_merchant::text, true);
  return (
    select case when request_hash = p_request_hash then jsonb_build_object('outcome', 'replay', 'order', response)
      else jsonb_build_object('outcome', 'other_request') end
    from idempotency_keys
    where merchant_id = p_merchant and key = p_key and created_at > now() - interval '24 hours');
end $$;

-- create_order for a request with an Idempotency-Key: the order and its key's answer are one transaction, so that there is
-- never one without the other. The second of two at once does not see the first's row, so a lock tells it.
-- Returns what create_order does, what find_created_order does, or {outcome: 'running'}.
create or replace function create_order_once(
  p_merchant uuid, p_order jsonb, p_customer jsonb, p_update uuid, p_actor_type text, p_actor_id uuid,
  p_key text, p_request_hash text
) returns jsonb language plpgsql security invoker as $$
declare
  result jsonb;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('dropmate order ' || p_merchant || ' ' || p_key, 0)) then
    return jsonb_build_object('outcome', 'running');
  end if;
  result := find_created_order(p_merchant, p_key, p_request_hash);
  if result is not null then
    return result;
  end if;
  result := create_order(p_merchant, p_order, p_customer, p_update, p_actor_type, p_actor_id);
  if result->>'outcome' = 'done' then
    insert into idempotency_keys (merchant_id, key, request_hash, status, response)
    values (p_merchant, p_key, p_request_hash, 201, result->'order')
    on conflict (merchant_id, key) do update set request_hash = excluded.request_hash, status = excluded.status,
      response = excluded.response, created_at = excluded.created_at;
  end if;
  return result;
end $$;
