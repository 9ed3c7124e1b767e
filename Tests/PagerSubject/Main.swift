import Alerting
import Configuration
import Delivery
import Glibc
import HTTP
import Journal
import Logging
import Reactor
import Records
import Synchronization
import Targets
import TimeSeries
import Watch

/// The pager as it is in a watch, in a process that a test can let die at any boundary:
///
///     PagerSubject FILE LOG CRASH PASSES INSTANCE RECEIVER…
///
/// PASSES are evaluations, separated by commas, each a digit for every element: 1 breaches, 0 is well.
/// Just before the boundary with the number CRASH (0: never) of writing and sending it kills itself.
/// What was committed goes to LOG, a line each. INSTANCE names the watch in keys. RECEIVER is
/// name=kind=place, or name>fallback=kind=place; those that are no fallback are told of pages. Ends
/// once everything is told, or after twenty seconds with 3.
@main struct PagerSubject {
    static func main() async throws {
        let words = CommandLine.arguments
        let boundary = Boundary(Int(words[3]) ?? 0)
        let file = PagerFile(path: words[1], now: wallClock)
        let pagingPorts = PagingPorts(
            store: CrashingStore(file: file, boundary: boundary, log: words[2]),
            makeSenders: senders(ports(), boundary))
        let logger = Logger(label: "subject") { _ in SwiftLogNoOpLogHandler() }
        let paging = Paging(
            configuration: configuration(
                words[5], receivers: words[6...].map { String($0) }),
            ports: pagingPorts, log: logger)
        await paging.restore()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await paging.run() }
            for pass in words[4].split(separator: ",") {
                await paging.judge([evaluation(String(pass))])
                try? await Task.sleep(for: .milliseconds(30))
            }
            let end = ContinuousClock.now + .seconds(20)
            while await !paging.isIdle {
                guard .now < end else { _exit(3) }
                try? await Task.sleep(for: .milliseconds(5))
            }
            group.cancelAll()
        }
        _exit(0)
    }

    private static func senders(
        _ ports: DeliveryPorts, _ boundary: Boundary
    ) -> @Sendable (Configuration) -> [String: any PageSender] {
        { configuration in
            var senders: [String: any PageSender] = [:]
            for spec in configuration.paging.receivers {
                senders[spec.name] = CrashingSender(
                    receiver: ports.receiver(spec.name, spec.settings), boundary: boundary)
            }
            return senders
        }
    }

    /// Elements "0", "1", … of one rule, each a group of its own.
    private static func evaluation(_ digits: String) -> RulePass {
        let rule = WatchedRule(
            id: "alert/test", name: "test", severity: .page,
            cycle: AlertRule(Threshold(unguarded: .greater, 0), noData: .keep), comparison: ">",
            threshold: 0)
        return RulePass(
            rule,
            .elements(
                digits.enumerated().map { index, digit in
                    let value = digit == "1" ? 1.0 : 0
                    return AlertElement(
                        labels: Labels(["element": "\(index)"]), finding: .value(value),
                        value: value)
                }))
    }

    private static func configuration(_ name: String, receivers: [String]) -> Configuration {
        var configuration = Configuration(path: "config.toml")
        configuration.watch.name = name
        configuration.paging.receivers = receivers.map(receiver)
        let fallbacks = configuration.paging.receivers.compactMap(\.fallback)
        let told = configuration.paging.receivers.filter { !fallbacks.contains($0.name) }
        configuration.paging.route = PagingSettings.Route(
            matchers: [],
            destinations: [.page: told.map { Destination(.receiver, $0.name) }],
            groupBy: ["element"], continues: false, routes: [])
        return configuration
    }

    private static func receiver(_ text: String) -> PagingSettings.Receiver {
        let parts = text.split(separator: "=", maxSplits: 2).map(String.init)
        let port = Int(parts[2]) ?? 0
        let names = parts[0].split(separator: ">").map(String.init)
        let settings: ReceiverSettings
        let kind: PagingSettings.Receiver.Kind
        switch parts[1] {
        case "mail":
            kind = .email
            settings = .email(
                EmailSettings(
                    host: "127.0.0.1", port: port, security: .none, from: "dogwatch@localhost",
                    to: ["bea@localhost"]))
        case "alertmanager":
            kind = .alertmanager
            var manager = AlertmanagerSettings(urls: ["http://127.0.0.1:\(port)"])
            manager.outgoing.allowsHTTP = true
            settings = .alertmanager(manager)
        case "command":
            kind = .command
            settings = .command(CommandReceiverSettings(run: ["/bin/sh", "-c", parts[2]]))
        default:
            kind = .webhook
            var webhook = WebhookSettings(url: .plain("http://127.0.0.1:\(port)/"))
            webhook.outgoing.allowsHTTP = true
            webhook.allowedNetworks = [Network("127.0.0.0/8")].compactMap(\.self)
            settings = .webhook(webhook)
        }
        return PagingSettings.Receiver(
            name: names[0], kind: kind, fallback: names.count > 1 ? names[1] : nil,
            settings: settings)
    }

    private static func ports() -> DeliveryPorts {
        let resolver = Resolver()
        return DeliveryPorts(
            client: HTTPClient(resolver: resolver), resolver: resolver,
            secrets: SecretStore { source throws(DeliveryFailure) in
                throw DeliveryFailure("no secrets here")
            }, userAgent: "dogwatch/test")
    }
}

/// Counts what must be able to go wrong, and ends the process at one place as a power cut would.
private final class Boundary: Sendable {
    private let fatal: Int
    private let passed = Mutex(0)

    init(_ fatal: Int) { self.fatal = fatal }

    func pass() {
        let number = passed.withLock { count in
            count += 1
            return count
        }
        if number == fatal { kill(getpid(), SIGKILL) }
    }
}

/// Before and after each commit.
private struct CrashingStore: RecordStore {
    let file: PagerFile
    let boundary: Boundary
    let log: String

    func load() async throws(RecordFailure) -> KeptRecords { try await file.load() }

    func commit(_ batch: RecordBatch) async throws(RecordFailure) {
        boundary.pass()
        try await file.commit(batch)
        let keys = batch.puts.filter { $0.kind == "page" }.map(\.key)
        if !keys.isEmpty { note(keys.map { "page \($0)\n" }.joined()) }
        boundary.pass()
    }

    private func note(_ text: String) {
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
    }
}

/// Before and after each attempt.
private struct CrashingSender: PageSender {
    let receiver: any Receiver
    let boundary: Boundary

    func send(_ page: Page, at now: Timestamp) async -> SendResult {
        boundary.pass()
        let outcome = await receiver.send(page, attempt: now, by: .after(.seconds(3)))
        boundary.pass()
        return SendResult(outcome.verdict, outcome.words)
    }
}
