import TimeSeries

/// redis_exporter's name and type for a field of INFO that is one number. Units are in the names;
/// only `latest_fork_usec` changes its unit on the way.
struct RedisName: Sendable {
    var metric: String
    var type: MetricType
    var help: String
    var scale: Double

    /// The metric of a field, nil when redis_exporter has none. Fields of cluster state keep their
    /// own names.
    static func of(_ field: String) -> RedisName? {
        if let known = all[field] { return known }
        guard field.hasPrefix("cluster_"), field.utf8.count <= 64,
            field.utf8.allSatisfy({ $0 == 0x5F || (0x61...0x7A).contains($0) })
        else { return nil }
        return RedisName(field, .gauge, field)
    }

    private init(_ name: String, _ type: MetricType, _ field: String, scale: Double = 1) {
        metric = "redis_" + name
        self.type = type
        help = "INFO: \(field)."
        self.scale = scale
    }

    private static let all: [String: RedisName] = {
        var names: [String: RedisName] = [:]
        for (field, name) in renamedGauges { names[field] = RedisName(name, .gauge, field) }
        for field in gauges { names[field] = RedisName(field, .gauge, field) }
        for (field, name) in renamedCounters { names[field] = RedisName(name, .counter, field) }
        for field in counters { names[field] = RedisName(field, .counter, field) }
        names["latest_fork_usec"] = RedisName(
            "latest_fork_seconds", .gauge, "latest_fork_usec", scale: 1e-6)
        return names
    }()

    private static let gauges = [
        // Server
        "uptime_in_seconds", "process_id", "io_threads_active", "hz", "configured_hz",
        // Clients
        "connected_clients", "blocked_clients", "tracking_clients", "clients_in_timeout_table",
        "pubsub_clients", "watching_clients", "total_watched_keys", "total_blocking_keys",
        "total_blocking_keys_on_nokey", "client_longest_output_list", "client_biggest_input_buf",
        // Memory
        "allocator_frag_ratio", "allocator_frag_bytes", "allocator_rss_ratio",
        "allocator_rss_bytes", "mem_fragmentation_ratio", "mem_fragmentation_bytes",
        "mem_clients_slaves", "mem_clients_normal", "lazyfree_pending_objects",
        "active_defrag_running", "number_of_cached_scripts", "number_of_functions",
        "number_of_libraries",
        // Persistence
        "async_loading", "rdb_changes_since_last_save", "rdb_bgsave_in_progress",
        "rdb_last_bgsave_status", "aof_enabled", "aof_rewrite_in_progress",
        "aof_rewrite_scheduled", "aof_pending_rewrite", "aof_buffer_length",
        "aof_rewrite_buffer_length", "aof_pending_bio_fsync", "aof_delayed_fsync",
        "aof_last_bgrewrite_status", "aof_last_write_status", "module_fork_in_progress",
        "module_fork_last_cow_size",
        // Stats
        "pubsub_channels", "pubsub_patterns", "pubsubshard_channels", "tracking_total_keys",
        "tracking_total_items", "tracking_total_prefixes", "slave_expires_tracked_keys",
        // Replication
        "connected_slaves", "repl_backlog_first_byte_offset", "master_repl_offset",
        "second_repl_offset", "slave_priority",
        // Sentinel
        "sentinel_masters", "sentinel_tilt", "sentinel_running_scripts",
        "sentinel_scripts_queue_length", "sentinel_simulate_failure_flags",
    ]

    private static let renamedGauges = [
        "maxclients": "max_clients",
        "client_recent_max_output_buffer": "client_recent_max_output_buffer_bytes",
        "client_recent_max_input_buffer": "client_recent_max_input_buffer_bytes",
        "allocator_active": "allocator_active_bytes",
        "allocator_allocated": "allocator_allocated_bytes",
        "allocator_resident": "allocator_resident_bytes",
        "used_memory": "memory_used_bytes",
        "used_memory_rss": "memory_used_rss_bytes",
        "used_memory_peak": "memory_used_peak_bytes",
        "used_memory_lua": "memory_used_lua_bytes",
        "used_memory_vm_eval": "memory_used_vm_eval_bytes",
        "used_memory_vm_functions": "memory_used_vm_functions_bytes",
        "used_memory_vm_total": "memory_used_vm_total",
        "used_memory_overhead": "memory_used_overhead_bytes",
        "used_memory_startup": "memory_used_startup_bytes",
        "used_memory_dataset": "memory_used_dataset_bytes",
        "used_memory_scripts": "memory_used_scripts_bytes",
        "used_memory_scripts_eval": "memory_used_scripts_eval_bytes",
        "used_memory_functions": "memory_used_functions_bytes",
        "maxmemory": "memory_max_bytes",
        "mem_not_counted_for_evict": "mem_not_counted_for_eviction_bytes",
        "mem_total_replication_buffers": "mem_total_replication_buffers_bytes",
        "mem_overhead_db_hashtable_rehashing": "mem_overhead_db_hashtable_rehashing_bytes",
        "expired_stale_perc": "expired_stale_percentage",
        "migrate_cached_sockets": "migrate_cached_sockets_total",
        "active_defrag_hits": "defrag_hits",
        "active_defrag_misses": "defrag_misses",
        "active_defrag_key_hits": "defrag_key_hits",
        "active_defrag_key_misses": "defrag_key_misses",
        "loading": "loading_dump_file",
        "rdb_last_save_time": "rdb_last_save_timestamp_seconds",
        "rdb_last_bgsave_time_sec": "rdb_last_bgsave_duration_sec",
        "rdb_current_bgsave_time_sec": "rdb_current_bgsave_duration_sec",
        "rdb_saves": "rdb_saves_total",
        "rdb_last_cow_size": "rdb_last_cow_size_bytes",
        "rdb_last_load_keys_expired": "rdb_last_load_expired_keys",
        "rdb_last_load_keys_loaded": "rdb_last_load_loaded_keys",
        "aof_last_rewrite_time_sec": "aof_last_rewrite_duration_sec",
        "aof_current_rewrite_time_sec": "aof_current_rewrite_duration_sec",
        "aof_last_cow_size": "aof_last_cow_size_bytes",
        "aof_current_size": "aof_current_size_bytes",
        "aof_base_size": "aof_base_size_bytes",
        "current_eviction_exceeded_time": "current_eviction_exceeded_time_ms",
        "repl_backlog_size": "replication_backlog_bytes",
        "repl_backlog_active": "repl_backlog_is_active",
        "repl_backlog_histlen": "repl_backlog_history_bytes",
        "sync_full": "replica_resyncs_full",
        "sync_partial_ok": "replica_partial_resync_accepted",
        "sync_partial_err": "replica_partial_resync_denied",
        "cluster_stats_messages_sent": "cluster_messages_sent_total",
        "cluster_stats_messages_received": "cluster_messages_received_total",
    ]

    private static let counters = [
        "unexpected_error_replies", "total_error_replies", "dump_payload_sanitizations",
        "total_reads_processed", "total_writes_processed", "io_threaded_reads_processed",
        "io_threaded_writes_processed",
    ]

    private static let renamedCounters = [
        "total_connections_received": "connections_received_total",
        "total_commands_processed": "commands_processed_total",
        "rejected_connections": "rejected_connections_total",
        "total_net_input_bytes": "net_input_bytes_total",
        "total_net_output_bytes": "net_output_bytes_total",
        "total_net_repl_input_bytes": "net_repl_input_bytes_total",
        "total_net_repl_output_bytes": "net_repl_output_bytes_total",
        "expired_keys": "expired_keys_total",
        "expired_subkeys": "expired_subkeys_total",
        "expired_time_cap_reached_count": "expired_time_cap_reached_total",
        "expire_cycle_cpu_milliseconds": "expire_cycle_cpu_time_ms_total",
        "evicted_keys": "evicted_keys_total",
        "evicted_clients": "evicted_clients_total",
        "evicted_scripts": "evicted_scripts_total",
        "total_eviction_exceeded_time": "eviction_exceeded_time_ms_total",
        "keyspace_hits": "keyspace_hits_total",
        "keyspace_misses": "keyspace_misses_total",
        "used_cpu_sys": "cpu_sys_seconds_total",
        "used_cpu_user": "cpu_user_seconds_total",
        "used_cpu_sys_children": "cpu_sys_children_seconds_total",
        "used_cpu_user_children": "cpu_user_children_seconds_total",
        "used_cpu_sys_main_thread": "cpu_sys_main_thread_seconds_total",
        "used_cpu_user_main_thread": "cpu_user_main_thread_seconds_total",
        "client_query_buffer_limit_disconnections":
            "client_query_buffer_limit_disconnections_total",
        "client_output_buffer_limit_disconnections":
            "client_output_buffer_limit_disconnections_total",
        "reply_buffer_shrinks": "reply_buffer_shrinks_total",
        "reply_buffer_expands": "reply_buffer_expands_total",
        "acl_access_denied_auth": "acl_access_denied_auth_total",
        "acl_access_denied_cmd": "acl_access_denied_cmd_total",
        "acl_access_denied_key": "acl_access_denied_key_total",
        "acl_access_denied_channel": "acl_access_denied_channel_total",
    ]
}
