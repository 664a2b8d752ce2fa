/**
 * What must be true of DropMate's rows beyond what constraints hold: each query counts, as `broken`, the rows that break
 * it. Run with an empty search path, as the owner.
 */
export const INVARIANTS: Record<string, string> = {
  // The log, folded, is the order: its last line has the order's status, version and driver.
  'the log of an order folds to its row': `
    select count(*) from public.orders o
    left join lateral (
      select version, status_update, driver_id from public.delivery_updates u
      where u.merchant_id = o.merchant_id and u.order_id = o.id order by version desc limit 1
    ) last on true
    where last.version is distinct from o.version or last.status_update is distinct from o.status
      or last.driver_id is distinct from o.driver_id`,
  'each version of an order has one line in its log': `
    select count(*) from public.orders o
    left join (
      select merchant_id, order_id, count(*) as lines from public.delivery_updates group by 1, 2
    ) log on log.merchant_id = o.merchant_id and log.order_id = o.id
    where log.lines is distinct from o.version`,
  'a line of the log has its order': `
    select count(*) from public.delivery_updates u where not exists (
      select from public.orders o where o.merchant_id = u.merchant_id and o.id = u.order_id)`,
  'the customer and the driver of an order exist': `
    select count(*) from public.orders o
    where o.customer_id is not null and not exists (
        select from public.customers c where c.merchant_id = o.merchant_id and c.id = o.customer_id)
      or o.driver_id is not null and not exists (
        select from public.drivers d where d.merchant_id = o.merchant_id and d.id = o.driver_id)`,
  'a trail belongs to a driver': `
    select count(*) from public.trail_chunks t where not exists (
      select from public.drivers d where d.merchant_id = t.merchant_id and d.id = t.driver_id)`,
  'the counter of order numbers is at the highest': `
    select count(*) from (select merchant_id, max(number) as highest from public.orders group by 1) o
    left join public.order_counters c using (merchant_id)
    where c.last is distinct from o.highest`,
  'an order has a currency and no negative amount': `
    select count(*) from public.orders
    where currency !~ '^[A-Z]{3}$' or total < 0 or tip < 0 or cash_on_delivery < 0`,
  'the outbox gives out new ids': `
    select count(*) from public.outbox
    where id > (select coalesce(last_value, 0) from pg_catalog.pg_sequences
      where schemaname = 'public' and sequencename = 'outbox_id_seq')`,
};
