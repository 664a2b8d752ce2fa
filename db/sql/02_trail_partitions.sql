-- A partition a week, from this week on; the default one is the net for what comes when nobody made the next in time.
-- Run by migrations and daily by the worker, for whom it acts with the owner's rights. A partition has row-level security
-- and no policy, so that it is reached through the table, whose policies hold, and never by its own name.
create or replace function ensure_trail_partitions(p_weeks_ahead int default 4) returns int
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  week date;
  made int := 0;
  partition text;
begin
  if to_regclass('public.trail_chunks_default') is null then
    create table public.trail_chunks_default partition of public.trail_chunks default;
    alter table public.trail_chunks_default enable row level security;
  end if;
  for i in 0..p_weeks_ahead loop
    week := date_trunc('week', now() at time zone 'UTC')::date + i * 7;
    partition := 'trail_chunks_' || to_char(week, 'IYYY"w"IW');
    continue when to_regclass('public.' || partition) is not null;
    begin
      execute format(
        'create table public.%I partition of public.trail_chunks for values from (%L) to (%L)',
        partition, week::timestamp at time zone 'UTC', (week + 7)::timestamp at time zone 'UTC');
      execute format('alter table public.%I enable row level security', partition);
      made := made + 1;
    exception when check_violation then
      -- The net holds some of this week already, so it keeps the week; the next ones are made.
      null;
    end;
  end loop;
  return made;
end $$;
revoke all on function ensure_trail_partitions(int) from public;
grant execute on function ensure_trail_partitions(int) to dropmate_system;
select ensure_trail_partitions();
