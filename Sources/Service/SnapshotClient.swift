import Alerting
import FoundationEssentials
import HTTP
import Reactor
import Snapshot

/// The dashboard's end of the socket.
public struct SnapshotClient: Sendable {
    private let client: HTTPClient
    private let socketPath: String

    /// The largest snapshot that is read, in bytes.
    static let lineLimit = 32 << 20
    /// An owner that is silent for longer is gone or hung: it publishes every second.
    static let patience = Duration.seconds(10)

    public init(socketPath: String, client: HTTPClient) {
        self.socketPath = socketPath
        self.client = client
    }

    /// The owner's newest snapshot.
    public func newest(by deadline: Deadline) async throws -> Snapshot {
        let response = try await client.perform(request("/watch/v1/snapshot"), by: deadline)
        guard response.status == 200 else {
            throw ServiceFailure(said(response.body, status: response.status))
        }
        return try Self.decode(response.body)
    }

    /// Hands each newer snapshot to `take` until the owner ends the stream, which is an error too.
    public func follow(_ take: @Sendable (Snapshot) async -> Void) async throws {
        let stream = try await client.stream(
            request("/watch/v1/snapshots"), by: .after(.seconds(5)))
        var line: [UInt8] = []
        for try await piece in stream.pieces(patience: Self.patience) {
            line += piece
            guard stream.head.status == 200 else { continue }
            while let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                await take(try Self.decode(Array(line[..<end])))
                line.removeSubrange(...end)
            }
            guard line.count < Self.lineLimit else {
                throw ServiceFailure("the owner sent a line of more than \(Self.lineLimit) bytes")
            }
        }
        guard stream.head.status == 200 else {
            throw ServiceFailure(said(line, status: stream.head.status))
        }
        throw ServiceFailure("the owner of the watch has ended")
    }

    /// Does what a person asks for, in the name of this process' user.
    public func perform(_ act: Act, by deadline: Deadline) async throws -> Result<
        String, ActRefusal
    > {
        try await post(Array(try JSONEncoder().encode(act)), to: "/watch/v1/act", by: deadline)
    }

    /// Hands over what somebody does about a plan.
    public func performOnPlan(_ act: [UInt8], by deadline: Deadline) async throws -> Result<
        String, ActRefusal
    > { try await post(act, to: "/watch/v1/plan", by: deadline) }

    /// Every plan in full, as JSON; nil where the watch has none.
    public func checklists(by deadline: Deadline) async throws -> [UInt8]? {
        let response = try await client.perform(request("/watch/v1/checklists"), by: deadline)
        if response.status == 404 { return nil }
        guard response.status == 200, !response.isTruncated else {
            throw ServiceFailure(said(response.body, status: response.status))
        }
        return response.body
    }

    private func post(_ body: [UInt8], to path: String, by deadline: Deadline) async throws
        -> Result<String, ActRefusal>
    {
        var request = request(path)
        request.method = "POST"
        request.body = body
        let response = try await client.perform(request, by: deadline)
        guard let answer = try? JSONDecoder().decode(ActAnswer.self, from: Data(response.body))
        else { throw ServiceFailure(said(response.body, status: response.status)) }
        if let refusal = answer.refused { return .failure(ActRefusal(refusal)) }
        return .success(answer.said ?? "")
    }

    private func request(_ path: String) -> HTTPRequest {
        var request = HTTPRequest(url: "http://watch" + path)
        request.unixSocket = socketPath
        request.maxBodyBytes = Self.lineLimit
        return request
    }

    private func said(_ body: [UInt8], status: Int) -> String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        return "the owner answered \(status): \(text.split(separator: "\n").first ?? "")"
    }

    private static func decode(_ line: [UInt8]) throws -> Snapshot {
        do {
            return try JSONDecoder().decode(Snapshot.self, from: Data(line))
        } catch {
            throw ServiceFailure(
                "the owner speaks another version of dogwatch: restart one of both")
        }
    }
}
