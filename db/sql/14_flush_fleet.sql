-- What a fleet room writes behind itself: trail chunks, ETAs and last locations of one merchant, in one round trip.
-- It touches no version, and a repeat of the same flush changes nothing.
create or replace function flush_fleet(p_merchant uuid, p_trails jsonb, p_locations jsonb, p_etas jsonb) returns void
language plpgsql security invoker as $$
begin
  perform set_config('app.merchant', p_merchant::text, true);
  -- These may be lost in a crash of the server (the room sends newer ones); waiting for the disk would be in vain.
  perform set_config('synchronous_commit', 'off', true);
  insert into trail_chunks (merchant_id, driver_id, started_at, points)
    select p_merchant, t."driverId", t."startedAt", decode(t.points, 'base64')
    from jsonb_to_recordset(p_trails) as t("driverId" uuid, "startedAt" timestamptz, points text)
    where exists (select from drivers d where d.merchant_id = p_merchant and d.id = t."driverId")
    on conflict do nothing;
  -- Orders before drivers, as assign_order locks them, and each by id: nobody waits for each other in a ring.
  perform from orders where merchant_id = p_merchant
    and id in (select (e->>'orderId')::uuid from jsonb_array_elements(p_etas) e) order by id for no key update;
  update orders o set eta = e.eta
    from jsonb_to_recordset(p_etas) as e("orderId" uuid, eta jsonb)
    where o.merchant_id = p_merchant and o.id = e."orderId" and o.driver_id is not null
      and o.status in ('assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up', 'enroute_to_dropoff',
        'arrived_at_dropoff');
  perform from drivers where merchant_id = p_merchant
    and id in (select (l->>'driverId')::uuid from jsonb_array_elements(p_locations) l) order by id for no key update;
  update drivers d set location = jsonb_build_object(
      'lat', l.lat, 'lng', l.lng, 'heading', l.heading, 'speed', l.speed, 'fixedAt', utc(l."fixedAt"))
    from jsonb_to_recordset(p_locations)
      as l("driverId" uuid, lat float8, lng float8, heading float8, speed float8, "fixedAt" timestamptz)
    where d.merchant_id = p_merchant and d.id = l."driverId"
      and coalesce((d.location->>'fixedAt')::timestamptz, '-infinity') < l."fixedAt";
end $$;
