import Checklist
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Versions of TLS and certificates on real servers.
    @Suite("States of TLS", .serialized, .enabled(if: installed("nginx", "openssl")))
    struct TLSStatesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("states") }

        private func block(
            _ port: Int, _ pair: Certificates.Pair, _ protocols: String
        ) -> String {
            """
            server {
              listen 127.0.0.1:\(port) ssl;
              ssl_certificate \(pair.certificate);
              ssl_certificate_key \(pair.key);
              ssl_protocols \(protocols);
              ssl_ciphers ALL:@SECLEVEL=0;
              location / { return 200 'ok'; }
            }

            """
        }

        @Test(
            "each version is told from the others, and a server without TLS from one that is gone")
        func versions() throws {
            let certificates = try Certificates(in: try TemporaryFolder("tls-ca"))
            let good = try certificates.leaf("web", for: ["127.0.0.1", "localhost"])
            let weak = try certificates.leaf("weak", for: ["127.0.0.1"], bits: 1024)
            let ports: [Int] = try (0..<5).map { _ in try freePort() }
            let server = try Nginx(
                block(ports[0], good, "TLSv1.3") + block(ports[1], good, "TLSv1.2 TLSv1.3")
                    + block(ports[2], weak, "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3")
                    + block(ports[3], good, "TLSv1.2"), port: ports[0],
                in: try TemporaryFolder("nginx"))
            defer { server.stop() }
            let keys = { (port: Int) in
                """
                url = "https://127.0.0.1:\(port)/"
                tls = { ca = "\(certificates.authority)" }
                """
            }
            let names = ["strict", "both", "old", "late", "gone"]
            let (version, certificate) = ("tls.min-version", "tls.cert.validity")
            let watched = try WatchedFolder(
                Dictionary(
                    uniqueKeysWithValues: zip(names, ports.map { ("http", keys($0)) })),
                checks: [version, certificate], in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            let expected = [
                "strict": [version: "pass", certificate: "pass"],
                "both": [version: "warn", certificate: "pass"],
                "old": [version: "fail", certificate: "fail"],
                "late": [version: "fail", certificate: "pass"],
                "gone": [version: "unknown", certificate: "unknown"],
            ]
            for name in names {
                let found = try watched.verdicts(on: name) { $0 == expected[name] }
                #expect(found == expected[name], "\(name)")
            }
        }

        @Test(
            "PostgreSQL: its versions, and whether a login without TLS is let in",
            .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")))
        func postgres() throws {
            let installation = try #require(PostgresInstallation.standard)
            let folder = try TemporaryFolder("pg", isShared: true)
            let certificates = try Certificates(in: try TemporaryFolder("pg-ca"))
            let pair = try certificates.leaf("pg", for: ["127.0.0.1"])
            let server = try PostgresServer(installation, in: folder)
            defer { server.stop() }
            let (version, login) = ("tls.min-version", "pg.tls.required")
            let url = server.url().replacing("?sslmode=disable", with: "?sslmode=prefer")
            let watched = try WatchedFolder(
                ["here": ("postgres", "url = \"\(url)\"")], checks: [version, login],
                in: self.folder)
            // Each stage has a watch of its own, whose connections are counted anew.
            func stage(_ expected: [String: String]) throws {
                let watch = try watched.serve()
                defer { watch.stop() }
                let found = try watched.verdicts(on: "here") { $0 == expected }
                #expect(found == expected)
            }
            try stage([version: "fail", login: "fail"])
            // With TLS, which nobody has to use.
            for (name, file) in [("server.crt", pair.certificate), ("server.key", pair.key)] {
                try folder.write(textOfFile(file), to: "data/\(name)")
            }
            try run(["chmod", "600", folder.path("data/server.key")], in: folder)
            try folder.giveTo(user: "postgres", "data/server.key")
            try folder.giveTo(user: "postgres", "data/server.crt")
            try server.psql("ALTER SYSTEM SET ssl = on")
            try server.psql("ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.3'")
            try server.psql("SELECT pg_reload_conf()")
            try stage([version: "pass", login: "fail"])
            // With nothing but TLS.
            let rules = textOfFile("\(server.data)/pg_hba.conf")
            try folder.write(
                rules.replacing("\nhost ", with: "\nhostssl "), to: "data/pg_hba.conf")
            try server.psql("SELECT pg_reload_conf()")
            try stage([version: "pass", login: "pass"])
        }
    }
}
