/** A panel: its title, its unit in Grafana's names, and the queries by their legends. */
type Panel = { title: string; unit: string; queries: Record<string, string>; kind?: 'stat' };
type Dashboard = { uid: string; title: string; panels: Panel[] };

// The source of the JSON files in dashboards/; `node machines/monitoring/grafana/write.ts` writes them.

const REQUESTS = 'dropmate_http_requests_total{route!~"/readyz|/healthz|/metrics"}';
const percentile = (q: number, histogram: string, by = ''): string =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${histogram}_bucket[$__rate_interval])))`;

export const DASHBOARDS: Dashboard[] = [
  {
    uid: 'dropmate-traffic',
    title: 'DropMate: traffic',
    panels: [
      {
        title: 'Requests by status',
        unit: 'reqps',
        queries: { '{{status}}': `sum by (status) (rate(${REQUESTS}[$__rate_interval]))` },
      },
      {
        title: 'Failed requests by route',
        unit: 'reqps',
        queries: {
          '{{method}} {{route}}':
            'sum by (method, route) (rate(dropmate_http_requests_total{status=~"5.."}[$__rate_interval]))',
        },
      },
      {
        title: 'Time to answer',
        unit: 's',
        queries: {
          p50: percentile(0.5, 'dropmate_http_request_duration_seconds'),
          p95: percentile(0.95, 'dropmate_http_request_duration_seconds'),
          p99: percentile(0.99, 'dropmate_http_request_duration_seconds'),
        },
      },
      {
        title: 'Slowest routes, p95',
        unit: 's',
        queries: {
          '{{route}}': `topk(8, ${percentile(0.95, 'dropmate_http_request_duration_seconds', ', route')})`,
        },
      },
      {
        title: 'Event loop lag, p99',
        unit: 's',
        queries: { '{{job}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds{job=~"dropmate-.*"}' },
      },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: { '{{job}} {{instance}}': 'process_resident_memory_bytes{job=~"dropmate-.*"}' },
      },
      {
        title: 'Memory, of what it may hold',
        unit: 'percentunit',
        queries: {
          '{{job}} {{instance}}':
            'process_resident_memory_bytes{job=~"dropmate-.*"} / on (job, instance) dropmate_memory_limit_bytes',
        },
      },
      {
        title: 'CPU',
        unit: 'percentunit',
        queries: {
          '{{job}} {{instance}}': 'rate(process_cpu_seconds_total{job=~"dropmate-.*"}[$__rate_interval])',
        },
      },
      {
        title: 'Seen from outside',
        unit: 's',
        queries: { '{{instance}}': 'probe_duration_seconds{job="dropmate-blackbox"}' },
      },
      {
        title: 'Addresses looked up',
        unit: 'ops',
        queries: { '{{outcome}}': 'sum by (outcome) (rate(dropmate_geocodes_total[$__rate_interval]))' },
      },
      {
        title: 'Certificates, until they end',
        unit: 's',
        queries: { '{{instance}}': 'probe_ssl_earliest_cert_expiry{job="dropmate-blackbox"} - time()' },
      },
      {
        title: 'Keys of tokens, their age',
        unit: 's',
        queries: { '{{kid}} {{use}}': 'max by (kid, use) (dropmate_signing_key_age_seconds)' },
      },
    ],
  },
  {
    uid: 'dropmate-rooms',
    title: 'DropMate: rooms',
    panels: [
      { title: 'Rooms', unit: 'short', queries: { '{{party}}': 'sum by (party) (dropmate_rooms)' } },
      {
        title: 'Sockets',
        unit: 'short',
        queries: { '{{party}} {{audience}}': 'sum by (party, audience) (dropmate_room_sockets)' },
      },
      {
        title: 'Messages sent',
        unit: 'ops',
        queries: {
          '{{party}}': 'sum by (party) (rate(dropmate_room_messages_sent_total[$__rate_interval]))',
        },
      },
      {
        title: 'Locations that slow readers skipped',
        unit: 'ops',
        queries: {
          '{{party}}': 'sum by (party) (rate(dropmate_room_locations_skipped_total[$__rate_interval]))',
        },
      },
      {
        title: 'Messages refused',
        unit: 'ops',
        queries: {
          '{{code}}': 'sum by (code) (rate(dropmate_room_messages_refused_total[$__rate_interval]))',
        },
      },
      {
        title: 'Fan-out of a fix',
        unit: 's',
        queries: {
          p50: percentile(0.5, 'dropmate_room_fan_out_seconds'),
          p99: percentile(0.99, 'dropmate_room_fan_out_seconds'),
        },
      },
      {
        title: 'Fixes by outcome',
        unit: 'ops',
        queries: {
          '{{outcome}} {{source}}': 'sum by (outcome, source) (rate(dropmate_fixes_total[$__rate_interval]))',
        },
      },
      {
        title: 'Batches written behind',
        unit: 'ops',
        queries: { '{{outcome}}': 'sum by (outcome) (rate(dropmate_room_flushes_total[$__rate_interval]))' },
      },
    ],
  },
  {
    uid: 'dropmate-deliveries',
    title: 'DropMate: deliveries',
    panels: [
      {
        // Every copy of the API reports the same gauge.
        title: 'Orders under way',
        unit: 'short',
        queries: { '{{status}}': 'max by (status) (dropmate_orders)' },
      },
      {
        title: 'Orders created a minute',
        unit: 'short',
        queries: {
          created:
            '60 * sum(rate(dropmate_http_requests_total{method="POST",route="/v1/orders",status="201"}[$__rate_interval]))',
        },
      },
      {
        title: 'Orders due and late',
        unit: 'short',
        queries: { due: 'max(dropmate_orders_due)', late: 'max(dropmate_orders_late)' },
      },
      {
        title: 'Longest wait for a driver',
        unit: 's',
        queries: { oldest: 'max(dropmate_orders_unassigned_seconds)' },
      },
      {
        title: 'From a fact to the room’s answer',
        unit: 's',
        queries: {
          p50: percentile(0.5, 'dropmate_room_delay_seconds'),
          p99: percentile(0.99, 'dropmate_room_delay_seconds'),
        },
      },
      {
        title: 'Outbox: oldest row',
        unit: 's',
        queries: { oldest: 'max(dropmate_outbox_oldest_seconds)' },
      },
      {
        title: 'Outbox: rows',
        unit: 'short',
        queries: {
          waiting: 'max(dropmate_outbox_rows)',
          'relayed a second': 'sum(rate(dropmate_outbox_relayed_total[$__rate_interval]))',
        },
      },
      {
        title: 'Jobs waiting',
        unit: 'short',
        queries: { '{{queue}}': 'max by (queue) (dropmate_queue_jobs{state="waiting"})' },
      },
      {
        title: 'Jobs worked',
        unit: 'ops',
        queries: {
          '{{queue}} {{outcome}}': 'sum by (queue, outcome) (rate(dropmate_jobs_total[$__rate_interval]))',
        },
      },
      {
        title: 'Posts to rooms, p99',
        unit: 's',
        queries: { p99: percentile(0.99, 'dropmate_room_post_seconds') },
      },
      {
        title: 'Fixes of phone trackers',
        unit: 'ops',
        queries: {
          '{{source}} {{outcome}}':
            'sum by (source, outcome) (rate(dropmate_ingest_fixes_total[$__rate_interval]))',
        },
      },
    ],
  },
  {
    uid: 'dropmate-database',
    title: 'DropMate: database',
    panels: [
      {
        title: 'Postgres answers',
        unit: 'short',
        kind: 'stat',
        queries: { up: 'pg_up{job="dropmate-postgres"}' },
      },
      {
        title: 'Size',
        unit: 'bytes',
        queries: { '{{datname}}': 'pg_database_size_bytes{job="dropmate-postgres",datname!~"template.*"}' },
      },
      {
        title: 'Connections',
        unit: 'short',
        queries: {
          '{{state}}': 'sum by (state) (pg_stat_activity_count{job="dropmate-postgres"})',
          most: 'max(pg_settings_max_connections{job="dropmate-postgres"})',
        },
      },
      {
        title: 'Connections of functions, in use',
        unit: 'percentunit',
        queries: {
          '{{pool}} {{instance}}':
            'max by (pool, instance) (dropmate_database_pool_in_use) / max by (pool, instance) (dropmate_database_pool_max)',
        },
      },
      {
        title: 'Queries that wait for a connection',
        unit: 'short',
        queries: { '{{pool}} {{instance}}': 'max by (pool, instance) (dropmate_database_pool_waiting)' },
      },
      {
        title: 'Longest transaction',
        unit: 's',
        queries: {
          '{{state}}':
            'max by (state) (pg_stat_activity_max_tx_duration{job="dropmate-postgres",state!="idle",backend_type!="autovacuum worker"})',
        },
      },
      {
        title: 'Transactions',
        unit: 'ops',
        queries: {
          committed: 'sum(rate(pg_stat_database_xact_commit{job="dropmate-postgres"}[$__rate_interval]))',
          'rolled back':
            'sum(rate(pg_stat_database_xact_rollback{job="dropmate-postgres"}[$__rate_interval]))',
        },
      },
      {
        title: 'Read from cache',
        unit: 'percentunit',
        queries: {
          hits: 'sum(rate(pg_stat_database_blks_hit{job="dropmate-postgres"}[$__rate_interval])) / (sum(rate(pg_stat_database_blks_hit{job="dropmate-postgres"}[$__rate_interval])) + sum(rate(pg_stat_database_blks_read{job="dropmate-postgres"}[$__rate_interval])))',
        },
      },
      {
        title: 'Deadlocks in an hour',
        unit: 'short',
        queries: { deadlocks: 'sum(increase(pg_stat_database_deadlocks{job="dropmate-postgres"}[1h]))' },
      },
    ],
  },
  {
    uid: 'dropmate-backups',
    title: 'DropMate: backups',
    panels: [
      {
        title: 'Since the last good run',
        unit: 's',
        queries: { '{{kind}}': 'max by (kind) (dropmate_maintenance_last_good_age_seconds)' },
      },
      {
        title: 'The last run came out right',
        unit: 'short',
        kind: 'stat',
        queries: { '{{kind}}': 'min by (kind) (dropmate_maintenance_last_ok)' },
      },
      {
        title: 'Size of the last good dump',
        unit: 'bytes',
        queries: { backup: 'max(dropmate_maintenance_last_good_bytes{kind="backup"})' },
      },
      {
        title: 'How long the last good run took',
        unit: 's',
        queries: { '{{kind}}': 'max by (kind) (dropmate_maintenance_last_good_duration_seconds)' },
      },
      {
        title: 'Rows that break a rule',
        unit: 'short',
        kind: 'stat',
        queries: { rows: 'max(dropmate_maintenance_broken_rows)' },
      },
      {
        title: 'Volumes, in use',
        unit: 'percentunit',
        queries: {
          '{{instance}} {{mountpoint}}':
            '1 - node_filesystem_avail_bytes{job="dropmate-node",fstype!~"tmpfs|ramfs|overlay|squashfs|erofs|iso9660|udf"} / node_filesystem_size_bytes{job="dropmate-node",fstype!~"tmpfs|ramfs|overlay|squashfs|erofs|iso9660|udf"}',
          '{{persistentvolumeclaim}}':
            '1 - kubelet_volume_stats_available_bytes{persistentvolumeclaim=~".*dropmate.*"} / kubelet_volume_stats_capacity_bytes{persistentvolumeclaim=~".*dropmate.*"}',
          '{{app}} {{id}}': 'fly_volume_used_pct / 100',
        },
      },
    ],
  },
];

const WIDTH = 12;
const HEIGHT = 8;

/** A dashboard in the JSON that Grafana (schema 39, version 10 and newer) loads from a file. */
export function toGrafana({ uid, title, panels }: Dashboard): Record<string, unknown> {
  return {
    uid,
    title,
    tags: ['dropmate'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    panels: panels.map((panel, i) => ({
      id: i + 1,
      type: panel.kind ?? 'timeseries',
      title: panel.title,
      datasource: { type: 'prometheus', uid: 'prometheus' },
      gridPos: { x: (i % 2) * WIDTH, y: Math.floor(i / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
      targets: Object.entries(panel.queries).map(([legendFormat, expr], n) => ({
        refId: String.fromCharCode(65 + n),
        expr,
        legendFormat,
      })),
    })),
  };
}

/** The file's content. */
export const toFile = (dashboard: Dashboard): string => `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`;
