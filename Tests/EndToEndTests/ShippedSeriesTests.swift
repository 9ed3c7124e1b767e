import Foundation
import PromQL
import Rules
import TestSupport
import TimeSeries
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Rules that ask for series that nobody writes would be quiet for ever.
    @Suite(
        "The series of the rules that ship",
        .enabled(if: DemoRun.canRun, "PostgreSQL and Redis are not installed"))
    struct ShippedSeriesTests {
        private static let root = #filePath.components(separatedBy: "/Tests/")[0]

        /// What the demo has no subject for, by the tests that have one.
        private static let elsewhere: [String: String] = [
            "probe_ssl_": "HTTPCollectorTests", "pg_replication_slots_": "PostgresCollectorTests",
            "pg_stat_replication_": "PostgresStandbyTests",
            "pg_stat_database_checksum_failures": "PostgresExporterTests",
            "redis_master_link_up": "RedisTests", "redis_cluster_state": "RedisExporterTests",
            "command_": "CommandCollectorTests", "container_": "ContainersTests",
            "node_pressure_": "HostTests", "node_nf_conntrack_": "HostTests",
            "dogwatch_outbox_": "PagingTests", "dogwatch_pages_": "PagingTests",
        ]

        @Test("are there in the demo production, but for those that it has no subject for")
        func names() throws {
            let demo = try DemoRun(
                template: String(contentsOfFile: Self.root + "/config.toml", encoding: .utf8))
            let folder = try TemporaryFolder("series")
            let log = folder.path("log")
            let state = folder.path("state")
            let server = try ServerProcess(
                [
                    DemoRun.program("dogwatch"), "serve", "--config", demo.configuration,
                    "--state", state,
                ], log: log
            ) { textOfFile(log).contains("watching") }
            defer { server.stop() }
            let wanted = try Self.wanted()
            #expect(wanted.count > 60)
            var missing = wanted
            let isThere = eventually(.seconds(30)) {
                let known = try Self.known(demo.configuration, state)
                missing = wanted.filter { name in
                    !known.contains(name) && !Self.elsewhere.keys.contains { name.hasPrefix($0) }
                }
                return missing.isEmpty
            }
            #expect(isThere, "\(missing.sorted())")
        }

        /// The names that rules read, but for those that rules record.
        private static func wanted() throws -> Set<String> {
            var read: Set<String> = []
            var recorded: Set<String> = []
            for name in try FileManager.default.contentsOfDirectory(atPath: root + "/Rules")
            where name.hasSuffix(".yml") {
                let bytes = try Data(contentsOf: URL(filePath: "\(root)/Rules/\(name)"))
                for rule in try RuleFile.read(yaml: Array(bytes), path: name).get().groups
                    .flatMap(\.rules)
                {
                    if rule.alerting == nil { recorded.insert(rule.name) }
                    for matcher in rule.expression.readings.flatMap(\.matchers)
                    where matcher.name == Labels.metricName { read.insert(matcher.value) }
                }
            }
            return read.subtracting(recorded)
        }

        private static func known(_ configuration: String, _ state: String) throws -> Set<String> {
            let text = try output(
                of: DemoRun.program("dogwatch"),
                [
                    "query", "--config", configuration, "--state", state, "--csv",
                    #"group by (__name__) ({__name__=~".+"})"#,
                ]
            ).text
            return Set(
                text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
                    .map(String.init))
        }
    }
}
