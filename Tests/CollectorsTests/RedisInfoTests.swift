import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Collectors

@Suite struct RedisInfoTests {
    struct Capture: Sendable {
        var name: String
        var server: String
        var version: String
        var mode = "standalone"
        var role = "master"
    }

    static let captures = [
        Capture(name: "info-redis-6.2.txt", server: "redis", version: "6.2.5"),
        Capture(name: "info-redis-7.0.txt", server: "redis", version: "7.0.15"),
        Capture(name: "info-redis-8.2.txt", server: "redis", version: "8.2.3"),
        Capture(name: "info-valkey-9.1.txt", server: "valkey", version: "9.1.2"),
        Capture(name: "info-redis-7.0-master.txt", server: "redis", version: "7.0.15"),
        Capture(
            name: "info-redis-7.0-replica.txt", server: "redis", version: "7.0.15", role: "slave"),
        Capture(
            name: "info-redis-7.0-cluster.txt", server: "redis", version: "7.0.15",
            mode: "cluster"),
        Capture(
            name: "info-redis-7.0-sentinel.txt", server: "redis", version: "7.0.15",
            mode: "sentinel", role: ""),
    ]

    @Test("every server's INFO tells what it is", arguments: captures)
    func identity(capture: Capture) throws {
        let info = RedisInfo(parsing: try redisFixture(capture.name))
        #expect(info.server == capture.server)
        #expect(info.version == capture.version)
        #expect(info.mode == capture.mode)
        #expect(info.text("role") == capture.role)
    }

    @Test("every server's INFO gives distinct, finite series", arguments: captures)
    func series(capture: Capture) throws {
        let info = RedisInfo(parsing: try redisFixture(capture.name))
        let families = info.families(databases: 16, now: 1_800_000_000)
        #expect(families.count > 20)
        #expect(Set(families.map(\.metadata.name)).count == families.count)
        for family in families {
            let keys = family.points.map { "\($0.labels)\($0.suffix)" }
            #expect(Set(keys).count == keys.count, "\(family.metadata.name)")
            #expect(family.points.allSatisfy { $0.value.isFinite })
            #expect(family.metadata.name.hasPrefix("redis_"))
        }
    }

    @Test("fields become redis_exporter's series in its units")
    func names() throws {
        let families = RedisInfo(parsing: try redisFixture("info-redis-7.0.txt"))
            .families(databases: 4, now: 1_800_000_000)
        #expect(families.value("redis_keyspace_hits_total") == 30)
        #expect(families.value("redis_keyspace_misses_total") == 30)
        #expect(families.value("redis_rdb_last_bgsave_status") == 1)
        #expect(families.value("redis_db_keys", ["db": "db3"]) == 1)
        #expect(families.value("redis_db_keys", ["db": "db1"]) == 0)
        #expect(families.value("redis_db_keys", ["db": "db4"]) == nil)
        #expect(families.value("redis_commands_total", ["cmd": "get"]) == 60)
        #expect(families.value("redis_commands_failed_calls_total", ["cmd": "incr"]) == 1)
        #expect(families.value("redis_errors_total", ["err": "WRONGTYPE"]) == 1)
        let ttl = try #require(families.value("redis_db_avg_ttl_seconds", ["db": "db0"]))
        #expect(ttl > 900 && ttl <= 1000)
    }

    @Test("percentiles of a command come with its count and sum")
    func latencies() throws {
        let families = RedisInfo(parsing: try redisFixture("info-redis-7.0.txt"))
            .families(databases: 0, now: 0)
        let name = "redis_latency_percentiles_usec"
        #expect(families.value(name, ["cmd": "get"], suffix: "_count") == 60)
        #expect(families.value(name, ["cmd": "get"], suffix: "_sum") ?? 0 > 0)
        #expect(families.value(name, ["cmd": "get", "quantile": "99.9"]) != nil)
    }

    @Test("a master lists its replicas, a replica its master")
    func replication() throws {
        let master = RedisInfo(parsing: try redisFixture("info-redis-7.0-master.txt"))
        let replica: Labels = [
            "slave_ip": "127.0.0.1", "slave_port": "16402", "slave_state": "online",
        ]
        #expect(master.replication().value("redis_connected_slave_offset_bytes", replica) == 318)
        #expect(master.replication().value("redis_connected_slave_lag_seconds", replica) == 0)
        let other = RedisInfo(parsing: try redisFixture("info-redis-7.0-replica.txt"))
        let origin: Labels = ["master_host": "127.0.0.1", "master_port": "16401"]
        #expect(other.replication().value("redis_master_link_up", origin) == 1)
        #expect(other.replication().value("redis_master_last_io_seconds_ago", origin) == 1)
        #expect(other.replication().value("redis_slave_repl_offset", origin) == 318)
    }

    @Test("a sentinel names the masters that it watches")
    func sentinel() throws {
        let families = RedisInfo(parsing: try redisFixture("info-redis-7.0-sentinel.txt"))
            .families(databases: 0, now: 0)
        let master: Labels = ["master_name": "mymaster", "master_address": "127.0.0.1:16401"]
        var status = master
        status["master_status"] = "ok"
        #expect(families.value("redis_sentinel_master_status", status) == 1)
        #expect(families.value("redis_sentinel_master_slaves", master) == 1)
        #expect(families.value("redis_sentinel_masters") == 1)
    }

    @Test(
        "a value that is no finite number gives no series",
        arguments: ["nan", "-nan", "inf", "1e999", "", "1.2.3", "twelve", "\u{0}1"])
    func noNumber(value: String) {
        let info = RedisInfo(parsing: "# Memory\r\nused_memory:\(value)\r\n".utf8)
        #expect(info.families(databases: 0, now: 0).value("redis_memory_used_bytes") == nil)
    }

    @Test("numbers beyond 64 bits and negative ones are kept")
    func extremes() {
        let info = RedisInfo(
            parsing: "# Memory\nused_memory:99999999999999999999\nmem_fragmentation_bytes:-5".utf8)
        let families = info.families(databases: 0, now: 0)
        #expect(families.value("redis_memory_used_bytes") == 1e20)
        #expect(families.value("redis_mem_fragmentation_bytes") == -5)
        #expect(info.count("used_memory") == nil)
        #expect(info.number("used_memory")?.wholeNumber == .max)
    }

    @Test("text of a hostile server is clean and short in labels")
    func hostile() throws {
        let long = String(repeating: "x", count: 10_000)
        let info = RedisInfo(
            parsing: """
                # Server
                run_id:\u{1B}[2J\u{202E}\(long)
                os:a\tb
                # Errorstats
                errorstat_\u{1B}]0;\u{7}E:count=1
                """.utf8)
        let families = info.families(databases: 0, now: 0)
        for label in families.flatMap(\.points).flatMap(\.labels.all) {
            #expect(!label.value.contains("\u{1B}") && !label.value.contains("\u{202E}"))
            #expect(label.value.count <= 129)
        }
    }

    @Test("no bytes make the parser trap", arguments: 0..<200)
    func garbage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var text = try redisFixture("info-redis-7.0-master.txt")
        for _ in 0..<200 {
            let place = Int(random.next() % UInt64(text.count))
            switch random.next() % 4 {
            case 0: text[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: text.remove(at: place)
            case 2: text.insert(UInt8(ascii: "=:,#\n-9"[random.next() % 7]), at: place)
            default: text.removeSubrange(place..<min(text.count, place + 20))
            }
        }
        let info = RedisInfo(parsing: text)
        _ = info.families(databases: .max, now: .infinity)
        var detail = RedisDetail()
        detail.take(info, RedisRates.Window(rejected: 1e300))
        _ = RedisFindings.of(info, RedisConfiguration(), RedisRates.Window(rejected: 1e300))
    }

    @Test("a server with endless fields costs a bounded number of them")
    func bounded() {
        let text = (0..<20_000).map { "cmdstat_c\($0):calls=\($0),usec=1\n" }.joined()
        let info = RedisInfo(parsing: "# Commandstats\n\(text)".utf8)
        #expect(info.fields.count == RedisInfo.fieldLimit)
        let families = info.families(databases: 0, now: 0)
        #expect(
            families.first { $0.metadata.name == "redis_commands_total" }?.points.count
                == RedisInfo.seriesPerFamilyLimit)
    }
}

extension UInt8 {
    fileprivate init(ascii character: Character) { self = character.asciiValue ?? 0 }
}

extension String {
    fileprivate subscript(offset: UInt64) -> Character {
        self[index(startIndex, offsetBy: Int(offset))]
    }
}
