/** What alerts and dashboards take from exporters that are not ours. Those of `measured` are started by the tests. */
export const FOREIGN_METRICS = {
  measured: {
    'prometheus-postgres-exporter': [
      'pg_up',
      'pg_database_size_bytes',
      'pg_settings_max_connections',
      'pg_stat_activity_count',
      'pg_stat_activity_max_tx_duration',
      'pg_stat_database_blks_hit',
      'pg_stat_database_blks_read',
      'pg_stat_database_deadlocks',
      'pg_stat_database_xact_commit',
      'pg_stat_database_xact_rollback',
    ],
    // The end of a certificate is there for https only, which the tests do not serve.
    'prometheus-blackbox-exporter': ['probe_success', 'probe_duration_seconds'],
    'prometheus-alertmanager': ['alertmanager_notifications_failed_total'],
    prometheus: ['up', 'prometheus_rule_evaluation_failures_total'],
  },
  documented: {
    'blackbox-exporter over https': ['probe_ssl_earliest_cert_expiry'],
    'node-exporter': ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
    kubelet: ['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'],
    'fly.io': ['fly_volume_used_pct'],
  },
} as const;
