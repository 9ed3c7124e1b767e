import FoundationEssentials
import Targets

/// The requests that are made of an engine, each decoded or failed with words.
struct EngineClient: Sendable {
    typealias Instant = ContinuousClock.Instant

    let transport: any EngineTransport

    func identity(by deadline: Instant) async throws(CollectionFailure) -> EngineIdentity {
        try EngineIdentity(await decoded("/version", by: deadline))
    }

    func machine(_ engine: EngineIdentity, by deadline: Instant) async throws(CollectionFailure)
        -> InfoReply
    {
        try await decoded("\(prefix(engine))/info", by: deadline)
    }

    /// All containers, also those that do not run.
    func containers(_ engine: EngineIdentity, by deadline: Instant) async throws(CollectionFailure)
        -> [ContainerEntry]
    {
        try await decoded("\(prefix(engine))/containers/json?all=1", by: deadline)
    }

    /// nil when the container is gone.
    func inspection(
        _ engine: EngineIdentity, of id: String, by deadline: Instant
    ) async throws(CollectionFailure) -> Inspection? {
        let path = "\(prefix(engine))/containers/\(escaped(id))/json"
        let reply = try await transport.get(path, by: deadline)
        return reply.status == 404 ? nil : try decode(Inspection.self, reply, path)
    }

    /// One measurement now; nil when there is none, as of a stopped container.
    func statistics(
        _ engine: EngineIdentity, of id: String, by deadline: Instant
    ) async throws(CollectionFailure) -> StatisticsReply? {
        let path = statisticsPath(engine, of: id, isStream: false)
        let reply = try await transport.get(path, by: deadline)
        if reply.status == 404 || reply.status == 409 || reply.body.isEmpty { return nil }
        return try decode(StatisticsReply.self, reply, path)
    }

    func statisticsPath(_ engine: EngineIdentity, of id: String, isStream: Bool) -> String {
        let query = isStream ? "stream=true" : "stream=false&one-shot=true"
        return "\(prefix(engine))/containers/\(escaped(id))/stats?\(query)"
    }

    /// `since` is in nanoseconds since the epoch. Podman's names of events differ, and its filter
    /// takes only those.
    func eventsPath(_ engine: EngineIdentity, since nanoseconds: Int64) -> String {
        let (seconds, rest) = max(0, nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        let digits = String(String(rest + 1_000_000_000).dropFirst())
        let names = ContainerEvent.names.map { "%22\($0)%22" }.joined(separator: ",")
        let events = engine.dialect == .docker ? ",%22event%22:[\(names)]" : ""
        let filters = "%7B%22type%22:[%22container%22]\(events)%7D"
            .replacing("[", with: "%5B").replacing("]", with: "%5D")
        return "\(prefix(engine))/events?since=\(seconds).\(digits)&filters=\(filters)"
    }

    private func prefix(_ engine: EngineIdentity) -> String { "/v\(engine.api)" }

    /// An id as a part of a path: engines use letters and digits; nothing else gets through.
    private func escaped(_ id: String) -> String {
        String(decoding: id.utf8.prefix(128).filter(\.isAlphanumeric), as: UTF8.self)
    }

    private func decoded<Reply: Decodable>(
        _ path: String, by deadline: Instant
    ) async throws(CollectionFailure) -> Reply {
        try decode(Reply.self, await transport.get(path, by: deadline), path)
    }

    private func decode<Reply: Decodable>(
        _ type: Reply.Type, _ reply: EngineReply, _ path: String
    ) throws(CollectionFailure) -> Reply {
        guard reply.status == 200 else { throw EngineFailure.status(reply, of: path) }
        do {
            return try JSONDecoder().decode(type, from: Data(reply.body))
        } catch {
            throw EngineFailure.unreadable(reply.body, of: path)
        }
    }
}
