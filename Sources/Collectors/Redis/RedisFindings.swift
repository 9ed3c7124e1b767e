import Targets

/// What is plainly wrong with a server, whatever the thresholds of its watcher.
enum RedisFindings {
    /// The share of maxmemory from which a server that evicts nothing is about to refuse writes.
    static let memoryShare = 0.95

    static func of(
        _ info: RedisInfo, _ configuration: RedisConfiguration, _ window: RedisRates.Window
    ) -> [Finding] {
        [masterLink(info), backup(info), memory(info, configuration), rejected(info, window)]
            .compactMap { $0 } + appendOnlyFile(info)
    }

    /// What is wrong with the cluster that a server is part of, by its `CLUSTER INFO`.
    static func ofCluster(_ cluster: RedisInfo) -> [Finding] {
        guard let state = cluster["cluster_state"], state != "ok" else { return [] }
        let assigned = cluster.count("cluster_slots_assigned") ?? 0
        let failed = cluster.count("cluster_slots_fail") ?? 0
        return [
            Finding(
                .degraded, "the cluster is down as this node sees it: keys are refused",
                actual: "\(assigned) slots assigned, \(failed) failed", expected: "16384, 0",
                remedy: "See CLUSTER NODES and CLUSTER SHARDS for the shard that is gone.")
        ]
    }

    private static func masterLink(_ info: RedisInfo) -> Finding? {
        guard info.isReplica, let status = info["master_link_status"], status != "up" else {
            return nil
        }
        let master = "\(info.text("master_host")):\(info.text("master_port", limit: 8))"
        if info.number("master_sync_in_progress") == 1 {
            let share = info.number("master_sync_perc").map { ", \($0.wholeNumber) % done" } ?? ""
            return Finding(
                .degraded, "the replica is copying its master \(master)\(share)",
                actual: "master_link_status \(cleaned(status, limit: 20))", expected: "up")
        }
        let since = info.count("master_link_down_since_seconds").map { " for \($0) s" } ?? ""
        return Finding(
            .degraded, "the link to the master \(master) is down\(since)",
            actual: "master_link_status \(cleaned(status, limit: 20))", expected: "up",
            remedy: "See whether the master answers, and masteruser and masterauth are right.")
    }

    /// nil when INFO tells nothing of saves, as a sentinel's does.
    static func lastSaveFailed(_ info: RedisInfo) -> Bool? {
        let fields = [
            "rdb_last_bgsave_status", "aof_last_write_status", "aof_last_bgrewrite_status",
        ]
        let states = fields.compactMap { info[$0] }
        return states.isEmpty ? nil : states.contains { $0 != "ok" }
    }

    private static func backup(_ info: RedisInfo) -> Finding? {
        guard let status = info["rdb_last_bgsave_status"], status != "ok" else { return nil }
        return Finding(
            .degraded, "the last RDB save failed",
            actual: "rdb_last_bgsave_status \(cleaned(status, limit: 20))", expected: "ok",
            remedy: "See the server's log; by default it refuses writes until a save succeeds.")
    }

    private static func appendOnlyFile(_ info: RedisInfo) -> [Finding] {
        let parts = [
            ("aof_last_write_status", "the last write to the append-only file failed"),
            ("aof_last_bgrewrite_status", "the last rewrite of the append-only file failed"),
        ]
        return parts.compactMap { field, title in
            guard let status = info[field], status != "ok" else { return nil }
            return Finding(
                .degraded, title, actual: "\(field) \(cleaned(status, limit: 20))",
                expected: "ok", remedy: "See the server's log and the room on its disk.")
        }
    }

    private static func memory(
        _ info: RedisInfo, _ configuration: RedisConfiguration
    ) -> Finding? {
        let policy = info["maxmemory_policy"] ?? configuration.values["maxmemory-policy"]
        guard policy == "noeviction", let used = info.number("used_memory"),
            let limit = info.number("maxmemory"), limit > 0, used >= limit * memoryShare
        else { return nil }
        let share = (used / limit * 100).rounded(.down).wholeNumber
        return Finding(
            .degraded, "memory is \(share) % full and nothing is evicted: writes will be refused",
            actual: "\(used.wholeNumber) of \(limit.wholeNumber) bytes", expected: "below 95 %",
            remedy: "Raise maxmemory, free keys, or choose another maxmemory-policy.")
    }

    private static func rejected(_ info: RedisInfo, _ window: RedisRates.Window) -> Finding? {
        guard let count = window.rejected, count > 0 else { return nil }
        let limit = info.count("maxclients").map { "; maxclients is \($0)" } ?? ""
        return Finding(
            .degraded, "\(count.wholeNumber) connections were refused since the last look\(limit)",
            actual: "\(info.text("connected_clients", limit: 12)) clients are connected",
            remedy: "Raise maxclients, or find who opens so many connections.")
    }
}
