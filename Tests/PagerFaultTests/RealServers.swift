import Foundation
import TestSupport

extension MailServer {
    /// The messages that it took, in their order.
    var told: [Told] {
        messages.compactMap { text in
            guard let id = header("Message-ID", of: text),
                let key = header("X-Dogwatch-Key", of: text)?.removingPercentEncoding,
                let subject = header("Subject", of: text),
                let part = id.prefix(while: { $0 != "@" }).split(separator: ".").last,
                let sequence = Int(part)
            else { return nil }
            return Told(
                key: key, sequence: sequence, event: Self.event(subject), remarks: text,
                wasTaken: true)
        }
    }

    private func header(_ name: String, of text: String) -> String? {
        text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name): ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    private static func event(_ subject: String) -> String {
        if subject.contains("[RESOLVED]") { return "resolve" }
        if subject.contains("[ACK]") { return "acknowledge" }
        return subject.contains(" update]") ? "update" : "trigger"
    }
}

/// Debian's Alertmanager on a free port of the loopback, asked with curl.
struct AlertmanagerServer {
    let port: Int
    private let process: ServerProcess
    private let folder: TemporaryFolder

    init() throws {
        let folder = try TemporaryFolder("alertmanager")
        let port = try freePort()
        let file = try folder.write(
            "route: { receiver: none }\nreceivers: [{ name: none }]\n", to: "alertmanager.yml")
        process = try ServerProcess(
            [
                "prometheus-alertmanager", "--config.file=\(file)",
                "--storage.path=\(folder.path("data"))",
                "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
            ], log: folder.path("log")
        ) { accepts(port: port) }
        (self.port, self.folder) = (port, folder)
    }

    func stop() { process.stop() }

    var activeAlerts: Int {
        get throws {
            let text = try ask("/api/v2/alerts?active=true")
            return (try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any])?.count ?? -1
        }
    }

    /// How many alerts it was told, of both kinds.
    var received: (firing: Int, resolved: Int) {
        get throws {
            let lines = try ask("/metrics").split(separator: "\n").filter {
                $0.hasPrefix("alertmanager_alerts_received_total") && $0.contains("\"v2\"")
            }
            func count(_ status: String) -> Int {
                lines.first { $0.contains("\"\(status)\"") }
                    .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
            }
            return (count("firing"), count("resolved"))
        }
    }

    private func ask(_ path: String) throws -> String {
        try output(
            of: "/usr/bin/curl", ["-sS", "--max-time", "10", "http://127.0.0.1:\(port)\(path)"]
        ).text
    }
}
