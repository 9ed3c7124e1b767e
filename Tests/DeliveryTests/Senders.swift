import Alerting
import HTTP
import Reactor
import Synchronization
import Targets
import TestSupport
import TimeSeries

@testable import Delivery

/// Receivers of a test with the secrets that it knows.
struct Senders {
    let ports: DeliveryPorts
    /// How often each secret was read.
    let reads = Counter()

    /// - Parameter secrets: by the name of their variable; an array gives one value after the other.
    init(_ secrets: [String: [String]] = [:], resolver: Resolver = Resolver()) {
        let reads = reads
        let store = SecretStore { source throws(DeliveryFailure) in
            guard case .environment(let name) = source, let values = secrets[name] else {
                throw DeliveryFailure("no such secret", remedy: "Set it.")
            }
            return Secret(values[min(reads.next(name), values.count - 1)])
        }
        ports = DeliveryPorts(
            client: HTTPClient(resolver: resolver), resolver: resolver, secrets: store,
            userAgent: "dogwatch/0.0.0")
    }

    func send(
        _ settings: ReceiverSettings, _ page: Page = samplePage(),
        within limit: Duration = .seconds(20)
    ) async -> DeliveryOutcome {
        await ports.receiver("r", settings).send(page, attempt: now, by: .after(limit))
    }
}

final class Counter: Sendable {
    private let counts = Mutex([String: Int]())

    /// The count before this call.
    func next(_ name: String) -> Int {
        counts.withLock { counts in
            counts[name, default: 0] += 1
            return counts[name, default: 1] - 1
        }
    }

    func count(_ name: String) -> Int { counts.withLock { $0[name, default: 0] } }
}

/// An HTTP server that answers each request with the next of its answers, and keeps what was asked.
final class ScriptedServer: Sendable {
    let server: FaultServer
    private let log: Log

    final class Log: Sendable {
        private let requests = Mutex<[String]>([])

        func add(_ request: String) -> Int {
            requests.withLock {
                $0.append(request)
                return $0.count - 1
            }
        }

        var all: [String] { requests.withLock { $0 } }
    }

    init(_ answers: [String]) throws {
        let log = Log()
        self.log = log
        server = try FaultServer { connection in
            let index = log.add(readWhole(connection))
            connection.write(answers[min(index, answers.count - 1)])
        }
    }

    var url: String { "http://127.0.0.1:\(server.port)" }
    var requests: [String] { log.all }
    func stop() { server.stop() }
}

/// A request with as much body as its Content-Length says.
func readWhole(_ connection: FaultServer.Connection) -> String {
    var text = connection.readRequest()
    let length = text.lowercased().split(separator: "content-length: ").dropFirst().first
        .flatMap { Int($0.prefix { $0.isNumber }) }
    while let length, let body = text.firstRange(of: "\r\n\r\n"),
        text[body.upperBound...].utf8.count < length
    {
        let more = connection.read()
        if more.isEmpty { break }
        text += more
    }
    return text
}

/// An answer as it goes over the wire.
func wire(_ status: Int, _ body: String = "", _ headers: [String] = []) -> String {
    "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
        + headers.map { "\($0)\r\n" }.joined() + "\r\n" + body
}

/// A webhook on this machine, which its settings permit.
func localWebhook(_ url: String, change: (inout WebhookSettings) -> Void = { _ in })
    -> ReceiverSettings
{
    var settings = WebhookSettings(url: .plain(url))
    settings.outgoing.allowsHTTP = true
    settings.allowedNetworks = [Network("127.0.0.0/8")].compactMap(\.self)
    change(&settings)
    return .webhook(settings)
}
