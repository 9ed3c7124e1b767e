import Foundation
import Synchronization
import TestSupport

/// A message that a receiver was told.
struct Told: Sendable, Hashable {
    var key: String
    var sequence: Int
    var event: String
    /// Its text.
    var remarks: String
    /// It said that it took the message.
    var wasTaken: Bool
    /// It said that it never will.
    var wasRefused = false
}

/// A webhook that answers as badly as receivers do, and writes down everything that it was told.
final class UnreliableReceiver: Sendable {

    enum Answer: CaseIterable {
        case accepted, serverError, tooMany, unavailable, timeout, reset, halfHead, wrongStatus
        // Nothing makes it take the message: only with a fallback is nothing lost then.
        case badRequest, unauthorized, gone, redirect

        static let passing = allCases.filter {
            ![.badRequest, .unauthorized, .gone, .redirect].contains($0)
        }
    }

    private let told = Mutex<[Told]>([])
    private let bad: [Answer]
    private let random: Mutex<SeededGenerator>
    private let server = Mutex<FaultServer?>(nil)
    /// How many of a hundred requests are answered badly.
    private let badness: Mutex<Int>

    var port: Int { server.withLock { $0?.port ?? 0 } }
    var log: [Told] { told.withLock(\.self) }

    /// - Parameter refuses: whether it also says that it will never take a message.
    init(seed: UInt64, badness: Int, refuses: Bool = false) throws {
        bad = (refuses ? Answer.allCases : Answer.passing).filter { $0 != .accepted }
        random = Mutex(SeededGenerator(seed: seed))
        self.badness = Mutex(badness)
        let new = try FaultServer { [weak self] connection in self?.serve(connection) }
        server.withLock { $0 = new }
    }

    func stop() { server.withLock { $0.take() }?.stop() }

    /// From here on it takes everything.
    func heal() { badness.withLock { $0 = 0 } }

    private func serve(_ connection: FaultServer.Connection) {
        var text = connection.readRequest()
        guard let end = text.range(of: "\r\n\r\n") else { return }
        let length =
            text.lowercased().components(separatedBy: "content-length: ").last
            .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        while text[end.upperBound...].utf8.count < length {
            let more = connection.read()
            if more.isEmpty { return }
            text += more
        }
        answer(connection, body: String(text[end.upperBound...]))
    }

    private func answer(_ connection: FaultServer.Connection, body: String) {
        let isBad =
            random.withLock { Int.random(in: 0..<100, using: &$0) } < badness.withLock(\.self)
        let answer = isBad ? random.withLock { bad.randomElement(using: &$0) } ?? .reset : .accepted
        note(body, answer)
        switch answer {
        case .accepted: reply(connection, "200 OK")
        case .serverError: reply(connection, "500 Internal Server Error")
        case .tooMany: reply(connection, "429 Too Many Requests\r\nRetry-After: 1")
        case .unavailable: reply(connection, "503 Service Unavailable\r\nRetry-After: 1")
        case .wrongStatus: reply(connection, "408 Request Timeout")
        case .badRequest: reply(connection, "400 Bad Request")
        case .unauthorized: reply(connection, "401 Unauthorized")
        case .gone: reply(connection, "410 Gone")
        case .redirect: reply(connection, "302 Found\r\nLocation: http://127.0.0.1:1/")
        case .timeout: usleep(300_000)
        case .reset: connection.reset()
        case .halfHead: connection.write("HTTP/1.1 200 O")
        }
    }

    private func reply(_ connection: FaultServer.Connection, _ status: String) {
        connection.write("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    private func note(_ body: String, _ answer: Answer) {
        guard
            let json = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any],
            let key = json["key"] as? String
        else { return }
        let one = Told(
            key: key, sequence: json["seq"] as? Int ?? 0, event: json["event"] as? String ?? "",
            remarks: json["text"] as? String ?? "", wasTaken: answer == .accepted,
            wasRefused: !Answer.passing.contains(answer))
        told.withLock { $0.append(one) }
    }
}
