import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Judges of how containers are kept apart")
struct IsolationJudgeTests {
    private static let kept = {
        var facts = ContainerIsolation()
        facts.user = "1000:1000"
        facts.isReadOnly = true
        facts.isPrivileged = false
        facts.addedCapabilities = []
        facts.devices = 0
        facts.securityOptions = ["no-new-privileges"]
        facts.appArmor = ""
        facts.hostNamespaces = []
        facts.hasEngineSocket = false
        facts.published = []
        facts.hasCPUShares = false
        return facts
    }()

    static let ids = [
        "container.user-nonroot", "container.readonly-rootfs", "container.privileged",
        "container.no-new-privileges", "container.namespaces", "container.socket-mount",
        "container.ports.bound",
    ]

    private func result(
        _ check: String, _ facts: [ContainerIsolation?], state: String = "running"
    ) throws -> CheckResult {
        var detail = ContainersDetail()
        detail.containers = facts.enumerated().map { index, facts in
            var container = ContainersDetail.Container()
            container.name = "c\(index)"
            container.state = state
            container.isolation = facts
            return container
        }
        let evidence = Evidence(
            now: start,
            sources: [
                .init(
                    id: TargetID(.containers, "docker"), detail: .containers(detail), seenAt: start)
            ])
        return try #require(Catalogue[check]?.results(on: evidence).first)
    }

    private func verdict(
        _ check: String, _ change: (inout ContainerIsolation) -> Void
    ) throws -> Verdict {
        var facts = Self.kept
        change(&facts)
        return try result(check, [Self.kept, facts]).verdict
    }

    @Test("pass where the engine says so of all", arguments: ids)
    func pass(_ id: String) throws {
        let result = try result(id, [Self.kept, Self.kept])
        #expect(result.verdict == .pass)
        #expect(result.evidence.hasPrefix("2/2 "))
    }

    @Test("are unknown without containers, before an inspection and where nothing is said")
    func unknown() throws {
        for id in Self.ids {
            #expect(try result(id, []).verdict == .unknown, "\(id): no container")
            #expect(try result(id, [Self.kept], state: "exited").verdict == .unknown, "\(id)")
            #expect(try result(id, [Self.kept, nil]).verdict == .unknown, "\(id): not inspected")
            #expect(
                try result(id, [Self.kept, ContainerIsolation()]).verdict == .unknown,
                "\(id): an empty reply")
        }
    }

    @Test("name those that fail")
    func names() throws {
        var root = Self.kept
        root.user = "root"
        let result = try result("container.user-nonroot", [Self.kept, root, nil])
        #expect(result.verdict == .fail)
        #expect(result.evidence == "1/3 not root; not: c1")
    }

    @Test("know root by all its names")
    func users() throws {
        let id = "container.user-nonroot"
        for user in ["", "0", "0:0", "root", "root:root", "00"] {
            #expect(try verdict(id) { $0.user = user } == .fail, "\(user)")
        }
        for user in ["1000", "app", "app:app"] {
            #expect(try verdict(id) { $0.user = user } == .pass, "\(user)")
        }
    }

    @Test("fail for each thing that opens the way to the host")
    func open() throws {
        #expect(try verdict("container.readonly-rootfs") { $0.isReadOnly = false } == .fail)
        let privileged = "container.privileged"
        #expect(try verdict(privileged) { $0.isPrivileged = true } == .fail)
        #expect(try verdict(privileged) { $0.addedCapabilities = ["SYS_ADMIN"] } == .fail)
        #expect(try verdict(privileged) { $0.devices = 1 } == .fail)
        #expect(try verdict(privileged) { $0.addedCapabilities = nil } == .unknown)
        #expect(try verdict("container.namespaces") { $0.hostNamespaces = ["pid"] } == .fail)
        #expect(try verdict("container.socket-mount") { $0.hasEngineSocket = true } == .fail)
    }

    @Test("tell a flag that is missing from a confinement that is lifted")
    func confinement() throws {
        let id = "container.no-new-privileges"
        #expect(try verdict(id) { $0.securityOptions = [] } == .warn)
        #expect(try verdict(id) { $0.securityOptions?.append("seccomp=unconfined") } == .fail)
        #expect(try verdict(id) { $0.appArmor = "unconfined" } == .fail)
        #expect(try verdict(id) { $0.securityOptions = ["no-new-privileges:true"] } == .pass)
    }

    @Test("let everybody in on the web's ports alone")
    func ports() throws {
        func verdict(_ address: String, _ port: Int, _ inner: Int) throws -> Verdict {
            try self.verdict("container.ports.bound") {
                $0.published = [.init(address: address, port: port, containerPort: inner)]
            }
        }
        #expect(try verdict("0.0.0.0", 443, 8443) == .pass)
        #expect(try verdict("127.0.0.1", 6379, 6379) == .pass)
        #expect(try verdict("10.0.0.5", 5432, 5432) == .warn)
        #expect(try verdict("0.0.0.0", 5432, 5432) == .fail)
        #expect(try verdict("::", 8000, 8000) == .fail)
        #expect(try verdict("", 6379, 6379) == .fail)
    }

    @Test("take a weight of CPU for a reservation, and nothing for a failure")
    func shares() throws {
        var weighted = Self.kept
        weighted.hasCPUShares = true
        #expect(try result("container.limits.cpu", [weighted]).verdict == .warn)
        #expect(try result("container.limits.cpu", [weighted, Self.kept]).verdict == .fail)
    }
}
