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
            "container.user-nonroot",
        ]

        private func careless(_ engine: ContainerEngine) throws {
            try engine.start(
                "careless",
                [
                    "--cap-add", "SYS_ADMIN", "--pid", "host", "--publish", "0.0.0.0:8001:8001",
                    "--volume", "/run/docker.sock:/run/docker.sock", "--security-opt",
                    "seccomp=unconfined",
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
    }
}
