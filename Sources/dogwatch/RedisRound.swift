import Checklist
import Collectors
import Reactor
import Targets

/// The visits to one server: three connections, one more where it tells of a second port.
struct RedisRound: Sendable {
    let visit: RedisVisit
    let stores: [SessionStore]
    /// Waits until a connection may be opened; false when the task was cancelled.
    let turn: @Sendable () async -> Bool

    private static let limit = Duration.seconds(5)

    func fill(_ facts: inout RedisFacts) async {
        facts.stranger = await welcome()
        let ports: [Int]
        do throws(CollectionFailure) {
            guard await turn() else { throw CollectionFailure(.cancelled, "not asked") }
            let known = facts
            let found = try await visit.talk(by: .after(Self.limit)) {
                talk throws(CollectionFailure) in
                try await talked(talk, known)
            }
            (facts, ports) = found
        } catch {
            facts.login = .failed(error.message)
            facts.dryRun = .unknown(error.message)
            ports = []
        }
        facts.plain = await plain(on: ports, facts.stranger)
    }

    private func welcome() async -> RedisFacts.Welcome {
        do throws(CollectionFailure) {
            return switch try await ask([["PING"]], as: .nobody).first {
            case .text("PONG"): .served
            case .refused(.login, let said): .refused(said.prefix { $0 != " " }.description)
            case .refused(.permission, _): .letIn
            case .refused(_, let said): .unknown(said)
            case .text, .list, .some(.none), nil: .unknown("PING is answered with something else")
            }
        } catch {
            return .unknown(error.message)
        }
    }

    /// What our own user may: asks as whom we came, tries a write dry, and looks at session keys.
    /// Returns also the ports that the server tells of.
    private func talked(
        _ talk: RedisTalk, _ known: RedisFacts
    ) async throws(CollectionFailure) -> (RedisFacts, ports: [Int]) {
        var facts = known
        let answers = try await talk.ask([["PING"], ["ACL", "WHOAMI"], ["INFO", "server"]])
        if case .refused(.login, let said)? = answers.first {
            facts.login = visit.hasLogin ? .failed(said) : .none
            facts.dryRun = .unknown(said)
            return (facts, [])
        }
        let user = answers.dropFirst().first?.text
        facts.login = visit.hasLogin ? .known(user: user) : .none
        facts.dryRun = try await Self.dryRun(talk, as: user ?? visit.user ?? "default")
        for store in stores {
            facts.sessions.append(.init(store: store, found: await Self.keys(of: store, talk)))
        }
        return (facts, answers.last?.text.map(Self.ports) ?? [])
    }

    /// Nothing is written: the server says what it would have done.
    private static func dryRun(
        _ talk: RedisTalk, as user: String
    ) async throws(CollectionFailure) -> RedisFacts.DryRun {
        let words = ["ACL", "DRYRUN", user, "SET", "dogwatch-dry-run", "1"]
        switch try await talk.ask([words]).first {
        case .text("OK"): return .allowed
        case .text(let said) where said.contains("command"): return .denied
        case .text(let said) where said.contains("key"): return .limited
        case .refused(.permission, _): return .notPermitted
        case .refused(.unknown, _): return .unknown("the server is older than 7.0")
        case .refused(_, let said), .text(let said): return .unknown(said)
        case .list, .some(.none), nil: return .unknown("the dry run gave no answer")
        }
    }

    private static func ports(_ info: String) -> [Int] {
        info.split { $0.isWhitespace }.compactMap { word in
            word.hasPrefix("tcp_port:") ? Int(word.dropFirst("tcp_port:".count)) : nil
        }
    }

    private func plain(
        on told: [Int], _ welcome: RedisFacts.Welcome
    ) async -> RedisFacts.Plain {
        guard let own = visit.place?.port else { return .unknown("a Unix socket has no TLS") }
        guard visit.isTLS else {
            if case .unknown(let why) = welcome { return .unknown(why) }
            return .accepted(port: own)
        }
        let ports = Set([own] + told).filter { $0 > 0 }.sorted()
        for port in ports {
            do throws(CollectionFailure) {
                // Whatever it says, it understood.
                _ = try await ask([["PING"]], as: .plain(port: port))
                return .accepted(port: port)
            } catch {
                guard [.unreachable, .garbage].contains(error.reason) else {
                    return .unknown("port \(port): \(error.message)")
                }
            }
        }
        return .refused(ports: ports)
    }

    private static func keys(
        of store: SessionStore, _ talk: RedisTalk
    ) async -> RedisFacts.Sessions.Found {
        do throws(CollectionFailure) {
            let found = try await talk.lifetimes(ofKeysWith: store.prefix)
            return .keys(count: found.keys, endless: found.endless, longest: found.longest)
        } catch {
            if error.reason == .denied, let grant = error.remedy { return .denied(grant: grant) }
            return .unknown(error.message)
        }
    }

    private func ask(
        _ commands: [[String]], as guest: RedisVisit.Guest
    ) async throws(CollectionFailure) -> [RedisAnswer] {
        guard await turn() else { throw CollectionFailure(.cancelled, "not asked") }
        return try await visit.ask(commands, as: guest, by: .after(Self.limit))
    }
}
