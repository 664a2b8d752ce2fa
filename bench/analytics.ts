import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { openDatabase } from '../db/client.ts';
import { findPlace } from '../db/embedded/place.ts';
import { startEmbeddedPostgres } from '../db/embedded/start.ts';
import { migrate } from '../db/migrate.ts';
import { getAnalytics } from '../functions/analytics/get.ts';
import { median } from './median.ts';

const ORDERS = 1_000_000;
const DAYS = 365;
const ROUNDS = 7;

/**
 * `GET /v1/analytics` as the verb answers it, of one shop with a million orders over a year: what a shop sees every day
 * (the days that are past are kept), and what the first look at a year costs, before any day is kept.
 */
export async function analytics(): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'dropmate-bench-'));
  const server = await startEmbeddedPostgres({ dataFolder });
  const owner = postgres(server.url, { max: 1, onnotice: () => {} });
  const secret = randomBytes(32).toString('base64url');
  try {
    await migrate({ databaseUrl: server.url, secret });
    const merchantId = await addYear(owner);
    const db = openDatabase({ databaseUrl: server.url, secret, connections: 2 });
    const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const look = async (days: number): Promise<number> => {
      const started = performance.now();
      const actor = { type: 'manager', merchantId, userId: uuidv7() } as const;
      const { orders } = await getAnalytics({ db }, actor, { from: day(days - 1), to: day(0) });
      if (orders.total < (ORDERS / DAYS) * (days - 2))
        throw new Error(`Only ${orders.total} orders were counted.`);
      return performance.now() - started;
    };
    const rows: [string, number][] = [['365 days, the first time', await look(365)]];
    for (const days of [1, 30, 365]) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) times.push(await look(days));
      rows.push([`${days} days, median of ${ROUNDS}`, median(times)]);
    }
    await db.end();
    console.log(`\nanalytics of ${ORDERS.toLocaleString('en')} orders of one shop\n`);
    console.log('| period | ms |\n| --- | --- |');
    for (const [period, ms] of rows) console.log(`| ${period} | ${Math.round(ms)} |`);
  } finally {
    await owner.end();
    await server.stop('immediate');
    const place = findPlace(dataFolder);
    for (const folder of [place?.home, dataFolder]) {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Orders of a year up to now, most of them delivered by one of twenty drivers, as wide as they are in life. */
async function addYear(owner: postgres.Sql): Promise<string> {
  const merchantId = uuidv7();
  await owner`insert into merchants (id, name, timezone, currency) values (${merchantId}, 'Bench', 'America/Montevideo', 'UYU')`;
  await owner`with u as (
      insert into users (merchant_id, id, name, role)
      select ${merchantId}, gen_random_uuid(), 'Driver ' || n, 'driver' from generate_series(1, 20) n returning id)
    insert into drivers (merchant_id, id, user_id, name, vehicle_type)
    select ${merchantId}, gen_random_uuid(), id, 'Driver', 'bicycle' from u`;
  await owner`
    insert into orders (merchant_id, id, number, status, version, driver_id, pickup, dropoff, needs_placing, items, tip,
      currency, steps, status_at, tracking_hash, tracking_revision, created_at, updated_at, pickup_time, delivery_time,
      promised_at, estimated_at, distance, attempts, sandbox)
    select ${merchantId}, (left(first_id_at(at)::text, 24) || lpad(to_hex(n), 12, '0'))::uuid, n,
      (case when n % 20 = 0 then 'failed' else 'delivered' end)::order_status, 8, d.ids[1 + n % 20],
      '{"address": "18 de Julio 1234, Montevideo", "location": {"lat": -34.9055, "lng": -56.1851}}',
      '{"address": "Bulevar España 2345, Montevideo", "location": {"lat": -34.9132, "lng": -56.1602}, "contact": {"name": "Ana Pérez", "phone": "+59899123456"}}',
      false, '[{"name": "Chivito", "quantity": 2, "price": 45000}]', n % 500, 'UYU',
      jsonb_build_object('created', utc(at), 'assigned', utc(at + took / 8), 'picked_up', utc(at + took / 2),
        'enroute_to_dropoff', utc(at + took / 2), 'arrived_at_dropoff', utc(at + took), 'delivered', utc(at + took)),
      at + took, 'hash ' || n, 0, at, at + took, at + took / 2, case when n % 20 <> 0 then at + took end,
      at + interval '45 minutes', at + took * 0.9, 500 + n % 6000, (n % 20 = 0)::int, false
    from (select array_agg(id) as ids from drivers where merchant_id = ${merchantId}) d, generate_series(1, ${ORDERS}) n,
      lateral (select now() - interval '365 days' * (1 - n / ${ORDERS}::float8) - interval '2 hours' as at,
        make_interval(secs => 900 + (n::bigint * 7919) % 3600) as took) t`;
  await owner`vacuum analyze orders`;
  return merchantId;
}
