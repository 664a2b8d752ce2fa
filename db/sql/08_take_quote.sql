-- Gives a quote to the order that names it, in the order's own transaction, so that of two at once one gets it. The order
-- must be the one that was quoted: the same stops to 200 m, and where it asks for a window, one that the promise meets.
-- Returns {fee, promisedAt}, or {outcome} and the quote left as it was: no_quote, quote_taken (with `orderId`),
-- quote_expired, quote_pickup, quote_dropoff, quote_window.
create or replace function take_quote(o orders, p_currency text) returns jsonb language plpgsql security invoker as $$
declare
  q quotes;
  asked jsonb := o.dropoff->'window';
  refusal text;
begin
  select * into q from quotes where merchant_id = o.merchant_id and id = o.quote_id for update;
  refusal := case
    when not found then 'no_quote'
    when q.order_id is not null then 'quote_taken'
    when q.expires_at <= now() or q.currency <> p_currency then 'quote_expired'
    when coalesce(distance_metres(q.pickup, o.pickup->'location') > 200, true) then 'quote_pickup'
    when coalesce(distance_metres(q.dropoff, o.dropoff->'location') > 200, true) then 'quote_dropoff'
    when (asked->>'from')::timestamptz > (q.eta->'dropoff'->>'to')::timestamptz
      or (asked->>'to')::timestamptz < (q.eta->'dropoff'->>'from')::timestamptz then 'quote_window'
  end;
  if refusal is not null then
    return jsonb_build_object('outcome', refusal, 'orderId', q.order_id);
  end if;
  update quotes set order_id = o.id where merchant_id = o.merchant_id and id = o.quote_id;
  return jsonb_build_object('fee', q.fee, 'promisedAt', q.eta->'dropoff'->'to');
end $$;
