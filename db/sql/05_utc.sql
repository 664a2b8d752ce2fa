-- A time as all JSON of the product writes it: ISO 8601, UTC, milliseconds.
create or replace function utc(p_time timestamptz) returns text language sql immutable strict parallel safe as $$
  select to_char(p_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
