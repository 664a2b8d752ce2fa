-- Great-circle distance of two locations {lat, lng} in metres, as `distance` in domain/geo.ts; null when one is. Rounded to
-- a tenth of a millimetre first: where JavaScript gets 0 of numbers too small, Postgres raises an error.
create or replace function distance_metres(a jsonb, b jsonb) returns float8
language plpgsql immutable strict parallel safe as $$
declare
  lat1 float8 := radians(round((a->>'lat')::float8 * 1e9) / 1e9);
  lat2 float8 := radians(round((b->>'lat')::float8 * 1e9) / 1e9);
  lngs float8 := radians(round(((b->>'lng')::float8 - (a->>'lng')::float8) * 1e9) / 1e9);
begin
  return 2 * 6371008.8 * asin(least(1, sqrt(sin((lat2 - lat1) / 2) ^ 2 + cos(lat1) * cos(lat2) * sin(lngs / 2) ^ 2)));
end $$;
