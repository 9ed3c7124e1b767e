import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Every check of containers on a real engine: with a careless container, with a careful one alone,
    /// and on an engine that is not there.
    @Suite("States of containers", .serialized, .enabled(if: ContainerEngine.isPossible))
    struct ContainerStatesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("states") }

        private static let checks = [
            "container.healthcheck", "container.image.semver", "container.limits.cpu",
            "container.limits.memory", "container.limits.pids", "container.namespaces",
            "container.no-new-privileges", "container.ports.bound", "container.privileged",
            "container.readonly-rootfs", "container.restarts", "container.socket-mount",
            "container.user-nonroot", "container.env.secrets",
        ]

        private func careless(_ engine: ContainerEngine) throws {
            try engine.start(
                "careless",
                [
                    "--cap-add", "SYS_ADMIN", "--pid", "host", "--publish", "0.0.0.0:8001:8001",
                    "--volume", "/run/docker.sock:/run/docker.sock", "--security-opt",
                    "seccomp=unconfined", "--env", "DB_PASSWORD=hunter2",
                ], script: "sleep 1000")
            try engine.start("loop", ["--restart", "always"], script: "sleep 1; exit 1")
        }

        private func careful(_ engine: ContainerEngine) throws {
            try engine.docker("tag", "shop/base:1", "shop/base:1.0.0")
            try engine.shell(
                """
                docker run --detach --name careful --user 1000:1000 --read-only --memory 32m \
                  --cpus 0.5 --pids-limit 20 --cap-drop ALL --security-opt no-new-privileges \
                  --publish 127.0.0.1:8002:8002 --health-cmd true --health-interval 1s --init \
                  shop/base:1.0.0 sleep 1000
                """)
        }

        @Test("each passes, fails and does not know where it should")
        func states() throws {
            let engine = try ContainerEngine()
            defer { engine.stop() }
            try careless(engine)
            let watched = try WatchedFolder(
                [
                    "here": ("containers", "url = \"unix://\(engine.socket)\""),
                    "gone": ("containers", "url = \"unix://\(folder.path("nothing.sock"))\""),
                ], checks: Self.checks, in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            let all = { (verdict: String) in
                Dictionary(uniqueKeysWithValues: Self.checks.map { ($0, verdict) })
            }
            #expect(try watched.verdicts(on: "here") { $0 == all("fail") } == all("fail"))
            #expect(try watched.verdicts(on: "gone") { _ in true } == all("unknown"))
            try engine.docker("rm", "--force", "careless", "loop")
            #expect(
                try watched.verdicts(on: "here") { !$0.values.contains("fail") }
                    == all("unknown"))
            try careful(engine)
            #expect(try watched.verdicts(on: "here") { $0 == all("pass") } == all("pass"))
        }

        @Test("tiers and sizes are judged by what the plan says of them")
        func plans() throws {
            let engine = try ContainerEngine()
            defer { engine.stop() }
            try engine.shell(
                """
                docker network create edge; docker network create data
                docker run -d --init --name proxy --network edge --cpus 0.5 --memory 32m \
                  shop/base:1 sleep 1000
                docker run -d --init --name db --network edge --cpus 0.5 --memory 64m \
                  shop/base:1 sleep 1000
                """)
            let checks = ["container.limits.planned", "container.network.segmented"]
            let watched = try WatchedFolder(
                ["here": ("containers", "url = \"unix://\(engine.socket)\"")], checks: checks,
                head: """
                    [containers]
                    edge = ["proxy"]
                    data = ["db"]
                    [[containers.size]]
                    name = "db"
                    cpu = 1.0
                    memory = "64MiB"
                    """, in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            let all = { (verdict: String) in
                Dictionary(uniqueKeysWithValues: checks.map { ($0, verdict) })
            }
            let bad = try watched.verdicts(on: "here") { $0 == all("fail") }
            #expect(bad == all("fail"))
            try engine.shell("docker rm --force db")
            let none = try watched.verdicts(on: "here") { $0 == all("unknown") }
            #expect(none == all("unknown"))
            try engine.shell(
                """
                docker run -d --init --name db --network data --cpus 1 --memory 64m \
                  shop/base:1 sleep 1000
                """)
            let good = try watched.verdicts(on: "here") { $0 == all("pass") }
            #expect(good == all("pass"))
        }
    }
}
