import Targets
import TimeSeries

extension RedisInfo {
    /// A replica as its master's INFO lists it: `slave0:ip=…,port=…,state=…,offset=…,lag=…`.
    struct Replica: Sendable, Equatable {
        var address: String
        var port: String
        var state: String
        /// Bytes of the replication stream that it has acknowledged.
        var offset: Double
        /// Seconds since its last acknowledgement.
        var lag: Double?
    }

    var replicas: [Replica] {
        fields(in: "replication").lazy.compactMap { field in
            guard field.name.hasPrefix("slave"), Int(field.name.dropFirst(5)) != nil else {
                return nil
            }
            let parts = RedisInfo.parts(field.value)
            func text(_ key: String) -> String {
                parts.first { $0.key == key }.map { cleaned($0.value, limit: 128) } ?? ""
            }
            guard let offset = RedisInfo.number("offset", in: parts) else { return nil }
            return Replica(
                address: text("ip"), port: text("port"), state: text("state"), offset: offset,
                lag: RedisInfo.number("lag", in: parts))
        }.prefix(RedisInfo.seriesPerFamilyLimit).map { $0 }
    }

    func replication() -> [MetricFamily] { (isReplica ? replicaSide() : []) + masterSide() }

    private func replicaSide() -> [MetricFamily] {
        let host = text("master_host")
        let port = text("master_port")
        let master: Labels = ["master_host": host, "master_port": port]
        func family(_ name: String, _ help: String, _ value: Double?) -> MetricFamily? {
            value.map { MetricFamily(name, .gauge, help, [MetricPoint($0, master)]) }
        }
        let link = self["master_link_status"].map { $0 == "up" ? 1.0 : 0 }
        return [
            family("redis_master_link_up", "Whether the link to the master is up.", link),
            family(
                "redis_master_last_io_seconds_ago", "Seconds since the master was heard.",
                number("master_last_io_seconds_ago")),
            family(
                "redis_master_sync_in_progress", "Whether a sync from the master runs.",
                number("master_sync_in_progress")),
            family(
                "redis_slave_repl_offset", "Bytes of the replication stream taken.",
                number("slave_repl_offset")),
            MetricFamily(
                "redis_slave_info", .gauge, "The replica's master; always 1.",
                [
                    MetricPoint(
                        1,
                        [
                            "master_host": host, "master_port": port,
                            "read_only": text("slave_read_only"),
                        ])
                ]),
        ].compactMap { $0 }
    }

    private func masterSide() -> [MetricFamily] {
        var offset = MetricFamily(
            "redis_connected_slave_offset_bytes", .gauge, "What a replica has acknowledged.")
        var lag = MetricFamily(
            "redis_connected_slave_lag_seconds", .gauge, "Since a replica acknowledged.")
        for replica in replicas {
            let labels: Labels = [
                "slave_ip": replica.address, "slave_port": replica.port,
                "slave_state": replica.state,
            ]
            offset.points.append(MetricPoint(replica.offset, labels))
            if let seconds = replica.lag { lag.points.append(MetricPoint(seconds, labels)) }
        }
        return [offset, lag].filter { !$0.points.isEmpty }
    }

    /// The masters that a sentinel watches: `master0:name=…,status=…,address=…,slaves=…,sentinels=…`.
    func sentinel() -> [MetricFamily] {
        var status = MetricFamily(
            "redis_sentinel_master_status", .gauge, "Whether a watched master is ok.")
        var slaves = MetricFamily(
            "redis_sentinel_master_slaves", .gauge, "Replicas of a watched master.")
        var sentinels = MetricFamily(
            "redis_sentinel_master_sentinels", .gauge, "Sentinels that watch a master.")
        for field in fields(in: "sentinel").prefix(RedisInfo.seriesPerFamilyLimit)
        where field.name.hasPrefix("master") && Int(field.name.dropFirst(6)) != nil {
            let parts = RedisInfo.parts(field.value)
            func text(_ key: String) -> String {
                parts.first { $0.key == key }.map { cleaned($0.value, limit: 128) } ?? ""
            }
            let labels: Labels = ["master_name": text("name"), "master_address": text("address")]
            var withStatus = labels
            withStatus["master_status"] = text("status")
            status.points.append(
                MetricPoint(withStatus["master_status"] == "ok" ? 1 : 0, withStatus))
            if let count = RedisInfo.number("slaves", in: parts) {
                slaves.points.append(MetricPoint(count, labels))
            }
            if let count = RedisInfo.number("sentinels", in: parts) {
                sentinels.points.append(MetricPoint(count, labels))
            }
        }
        return [status, slaves, sentinels].filter { !$0.points.isEmpty }
    }
}
