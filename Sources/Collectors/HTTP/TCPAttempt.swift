import Glibc
import HTTP
import Reactor
import Targets
import TimeSeries

/// One TCP try: how far it came, how long each phase took, and what was wrong.
struct TCPAttempt: Sendable {
    private(set) var duration = Duration.zero
    private(set) var resolve: Duration?
    private(set) var connect: Duration?
    private(set) var handshake: Duration?
    private(set) var wait: Duration?
    private(set) var address = ""
    private(set) var tls: TLSFacts?
    private(set) var findings: [Finding] = []
    private(set) var transcript: [String] = []
    private(set) var receivedBytes = 0
    private(set) var failedByText = false
    /// The fault, when it is on our side.
    private(set) var ours: CollectionFailure?

    /// Bytes of an answer that are looked at.
    private static let answerLimit = 64 << 10

    @IO
    static func run(
        _ settings: TCPSettings, _ resolver: Resolver, by deadline: Deadline
    ) async -> TCPAttempt {
        let began = ContinuousClock.now
        var attempt = TCPAttempt()
        if let file = settings.tls.flatMap({ TLSOptions($0).unreadableFile() }) {
            attempt.ours = CollectionFailure(
                .ours, "cannot read \(file): \(errorText(errno))",
                remedy: "Check the files of tls = { … }.")
            return attempt
        }
        var phase = HTTPPhase.resolve
        do throws(ReactorFailure) {
            try await attempt.go(settings, resolver, by: deadline, &phase)
        } catch {
            attempt.fail(error, in: phase, settings)
        }
        attempt.duration = ContinuousClock.now - began
        return attempt
    }

    @IO
    private mutating func go(
        _ settings: TCPSettings, _ resolver: Resolver, by deadline: Deadline,
        _ phase: inout HTTPPhase
    ) async throws(ReactorFailure) {
        var watch = StopWatch()
        let addresses = try await resolver.resolve(
            settings.host, family: AddressFamily(settings.family), by: deadline)
        resolve = watch.lap()
        address = addresses.first ?? ""
        phase = .connect
        let stream = try await Stream.connect(
            addresses: addresses, port: settings.port, by: deadline)
        defer { stream.close() }
        connect = watch.lap()
        address = stream.address
        if let options = settings.tls {
            phase = .tls
            defer { tls = stream.tlsFacts }
            try await stream.startTLS(
                TLSOptions(options), host: options.serverName ?? settings.host, by: deadline)
            handshake = watch.lap()
        }
        phase = .wait
        try await converse(settings, stream, by: deadline)
        wait = settings.expect == nil ? nil : watch.lap()
    }

    @IO
    private mutating func converse(
        _ settings: TCPSettings, _ stream: Stream, by deadline: Deadline
    ) async throws(ReactorFailure) {
        if let text = settings.send {
            try await stream.write(Array(text.utf8), by: deadline)
            transcript.append("> \(cleaned(text))")
        }
        guard let wanted = settings.expect.map({ Array($0.utf8) }), !wanted.isEmpty else { return }
        var answer: [UInt8] = []
        var isFound = false
        var isOver = false
        while !isFound, !isOver {
            do throws(ReactorFailure) {
                let more = try await stream.read(by: deadline)
                isOver = more.isEmpty || answer.count >= TCPAttempt.answerLimit
                // Only what is new is looked at, so that a drip of bytes costs no more than a flood.
                let start = max(0, answer.count - wanted.count + 1)
                answer += more
                isFound = contains(wanted, in: answer, from: start)
            } catch {
                // An answer that was wrong so far is told apart from none.
                guard !answer.isEmpty, error == .timedOut else { throw error }
                isOver = true
            }
        }
        receivedBytes = answer.count
        if !answer.isEmpty { transcript.append("< \(cleaned(answer))") }
        guard !isFound else { return }
        failedByText = true
        findings.append(
            Finding(
                .critical, "the answer lacks a text",
                actual: answer.isEmpty ? "closed without an answer" : cleaned(answer, limit: 120),
                expected: cleaned(wanted)))
    }

    private mutating func fail(
        _ failure: ReactorFailure, in phase: HTTPPhase, _ settings: TCPSettings
    ) {
        if failure.isOurs {
            ours = CollectionFailure(
                .ours, failure.description, remedy: "Raise this process's limit of open files.")
        }
        if failure == .cancelled { ours = CollectionFailure(.cancelled, "the probe was cancelled") }
        let endpoint = Endpoint.tcp(host: settings.host, port: settings.port)
        var http = HTTPFailure(reason(failure), in: phase, url: endpoint.description)
        http.address = address
        transcript.append("* \(cleaned(http.description))")
        findings.append(finding(for: http))
    }

    private func reason(_ failure: ReactorFailure) -> HTTPFailure.Reason {
        switch failure {
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        case .closed: .closed("")
        case .system(_, let number): .unconnected(errno: number)
        case .resolution(let host, let text): .unresolved("\(host): \(text)")
        case .tls(let text): .tls(text)
        }
    }
}

private func contains(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Bool {
    guard bytes.count - start >= wanted.count else { return false }
    return bytes.withUnsafeBytes { bytes in
        wanted.withUnsafeBytes { wanted in
            (start...(bytes.count - wanted.count)).contains { offset in
                bytes[offset] == wanted[0]
                    && bytes[offset..<(offset + wanted.count)].elementsEqual(wanted)
            }
        }
    }
}

/// Times one phase after the other.
private struct StopWatch {
    private var last = ContinuousClock.now

    mutating func lap() -> Duration {
        let now = ContinuousClock.now
        defer { last = now }
        return now - last
    }
}
