import Delivery
import Glibc
import HTTP
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries

/// Debian's Alertmanager as a receiver, and what it then sends to a webhook beside our own body of
/// that kind.
@Suite(
    .enabled(if: installed("prometheus-alertmanager")), .timeLimit(.minutes(2)))
struct DeliveryAlertmanagerTests {
    @Test("takes our alerts, shows them with their labels, and lets them go when they are over")
    func alerts() async throws {
        let manager = try await AlertmanagerProcess()
        defer { manager.stop() }
        let settings = manager.settings
        #expect(
            await receiver(settings).send(
                diskPage(at: .wall), attempt: .wall, by: .after(.seconds(20))
            ).isAccepted)
        let shown = try await manager.alerts()
        let alert = try #require(shown.first)
        #expect(shown.count == 1)
        #expect(
            alert["labels"]?.description
                == #"{"alertname":"disk","instance":"db","severity":"page","team":"web"}"#)
        #expect(alert["annotations"]?["summary"]?.string == "disk is full")
        #expect(alert["annotations"]?["description"]?.string == "97 % > 90 %")
        #expect(alert["status"]?["state"]?.string != "resolved")
        // The end is four repeats away, unless a repeat comes.
        let ends = try #require(alert["endsAt"]?.string)
        #expect(ends > alert["startsAt"]?.string ?? ends)
        #expect(
            await receiver(settings).send(
                diskPage(.resolve, at: .wall), attempt: .wall, by: .after(.seconds(20))
            ).isAccepted)
        #expect(try await manager.alerts().isEmpty)
    }

    @Test("an acknowledgement is nothing to it")
    func acknowledge() async throws {
        let manager = try await AlertmanagerProcess()
        defer { manager.stop() }
        let outcome = await receiver(manager.settings).send(
            diskPage(.acknowledge, at: .wall), attempt: .wall, by: .after(.seconds(20)))
        #expect(
            outcome == .accepted(.init(note: "an Alertmanager knows no acknowledgement")))
        #expect(try await manager.alerts().isEmpty)
    }

    @Test("one that is down does not keep the alerts from the other")
    func oneDown() async throws {
        let manager = try await AlertmanagerProcess()
        defer { manager.stop() }
        guard case .alertmanager(var settings) = manager.settings else { return }
        settings.urls.insert("http://127.0.0.1:\(try freePort())", at: 0)
        let outcome = await receiver(.alertmanager(settings)).send(
            diskPage(at: .wall), attempt: .wall, by: .after(.seconds(20)))
        guard case .accepted(let acceptance) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(acceptance.note?.hasPrefix("1 of 2 took it; Alertmanager 127.0.0.1:") == true)
        #expect(try await manager.alerts().count == 1)
    }
}

/// Debian's Alertmanager on free ports of the loopback.
struct AlertmanagerProcess {
    let port: Int
    private let process: ServerProcess
    private let folder: TemporaryFolder

    init() async throws {
        let folder = try TemporaryFolder("alertmanager")
        let port = try freePort()
        let file = try folder.write(
            "route: { receiver: none }\nreceivers: [{ name: none }]\n", to: "alertmanager.yml")
        process = try await blocking {
            try ServerProcess(
                [
                    "prometheus-alertmanager", "--config.file=\(file)",
                    "--storage.path=\(folder.path("data"))",
                    "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
                ], log: folder.path("alertmanager.log")
            ) {
                textOfFile(folder.path("alertmanager.log")).contains("Listening on")
                    && accepts(port: port)
            }
        }
        (self.port, self.folder) = (port, folder)
    }

    var settings: ReceiverSettings {
        var settings = AlertmanagerSettings(urls: ["http://127.0.0.1:\(port)"])
        settings.outgoing.allowsHTTP = true
        settings.labels = ["team": "web"]
        return .alertmanager(settings)
    }

    /// The alerts that it shows as active.
    func alerts() async throws -> [JSONValue] {
        let request = HTTPRequest(url: "http://127.0.0.1:\(port)/api/v2/alerts?active=true")
        let response = try await HTTPClient().perform(request, by: .after(.seconds(20)))
        return try JSONValue(parsing: response.body).array ?? []
    }

    func stop() { process.stop() }
}

extension Timestamp {
    /// The wall clock: an Alertmanager judges by its own.
    static var wall: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
