-- A partition a week, from this week on; the default one is the net for what comes when nobody made the next in time.
-- Run by migrations and daily by the worker, for whom it acts with the owner's rights.
create or replace function ensure_trail_partitions(p_weeks_ahead int default 4) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  week date;
  made int := 0;
  partition text;
begin
  if to_regclass('public.trail_chunks_default') is null then
    create table public.trail_chunks_default partition of public.trail_chunks default;
  end if;
  for i in 0..p_weeks_ahead loop
    week := date_trunc('week', now() at time zone 'UTC')::date + i * 7;
    partition := 'trail_chunks_' || to_char(week, 'IYYY"w"IW');
    if to_regclass('public.' || partition) is null then
      execute format(
        'create table public.%I partition of public.trail_chunks for values from (%L) to (%L)',
        partition, week::timestamp at time zone 'UTC', (week + 7)::timestamp at time zone 'UTC');
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke all on function ensure_trail_partitions(int) from public;
grant execute on function ensure_trail_partitions(int) to dropmate_system;
select ensure_trail_partitions();
