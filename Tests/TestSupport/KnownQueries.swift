/// The values of config.toml's KPIs and alerts, and conditions like those of the rules that come with
/// exporters.
public enum KnownQueries {
    public static let all = dashboard + rules

    private static let errors = """
        (sum(rate(http_requests_total{code=~"5.."}[1m])) or sum(rate(http_requests_total[1m])) * 0) \
        / sum(rate(http_requests_total[1m]))
        """

    public static let dashboard = [
        "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[1m])))",
        "sum(rate(http_requests_total[1m]))",
        errors,
        """
        sum(rate(pg_stat_statements_seconds_total[1m])) \
        / sum(rate(pg_stat_statements_calls_total[1m]))
        """,
        """
        sum(rate(redis_keyspace_hits_total[1m])) / (sum(rate(redis_keyspace_hits_total[1m])) \
        + sum(rate(redis_keyspace_misses_total[1m])))
        """,
        "avg(avg_over_time(probe_success{job=\"http\"}[5m]))",
        "max_over_time(probe_success{job=\"http\"}[30s])",
        """
        sum by (instance) (pg_stat_database_numbackends) \
        / sum by (instance) (pg_settings_max_connections)
        """,
        "increase(container_restarts_total[10m])",
    ]

    public static let rules = [
        "\(errors) > 0.001",
        "rate(http_requests_total{code=\"500\"}[5m]) > 0",
        """
        histogram_quantile(0.99, sum by (le, route) \
        (rate(http_request_duration_seconds_bucket{job="api"}[5m]))) > 0.1
        """,
        "sum without (cpu, mode) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m]))",
        "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) < 0.9",
        """
        node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 50 \
        and predict_linear(node_filesystem_avail_bytes[30m], 4 * 3600) > 0
        """,
        "absent(redis_up) or absent_over_time(probe_success[5m])",
        "count by (job) (probe_success == 0) / count by (job) (probe_success)",
        """
        container_memory_usage_bytes * on (name) group_left (image) \
        label_replace(container_restarts_total, "name", "$1", "name", "(worker-.*)") > 0
        """,
        "max_over_time(rate(http_requests_total{route=\"/jobs\"}[1m])[10m:30s])",
        "quantile_over_time(0.95, probe_duration_seconds[10m])",
        "avg_over_time(sum by (job) (redis_memory_used_bytes)[20m:1m] offset 10m)",
        "sum(increase(http_request_duration_seconds_sum[5m])) by (route)",
        "topk(2, max by (name) (rate(container_cpu_usage_seconds_total[5m])) * 0 + on (name) container_memory_usage_bytes)",
        "delta(container_memory_usage_bytes[10m]) and on (name) container_restarts_total",
        "time() - timestamp(probe_success)",
        "stddev_over_time(probe_duration_seconds[10m]) / avg_over_time(probe_duration_seconds[10m])",
        "changes(probe_success[10m]) > 2", "resets(http_requests_total[30m])",
        "deriv(redis_memory_used_bytes[10m])",
    ]
}
