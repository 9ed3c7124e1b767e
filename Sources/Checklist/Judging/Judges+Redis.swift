import TimeSeries

extension Judges {
    /// What Redis servers let strangers and dogwatch's own user do.
    static let redis: [String: Judge] = [
        "redis.auth": { $0.eachVisited(strangers) },
        "redis.tls": { $0.eachVisited(encryption) },
        "redis.acl.least": { $0.eachVisited(leastRights) },
        "auth.session.redis-ttl": { evidence in
            evidence.surveyed.redis.compactMap { facts in
                // Of several stores the worst counts.
                let found = facts.sessions.map { lifetimes($0, at: facts.seenAt) }
                let order: [Verdict] = [.fail, .unknown, .pass]
                let worst = order.lazy.compactMap { verdict in
                    found.first { $0.verdict == verdict }
                }.first
                return worst.map { Judged(target: "\(facts.id)", outcome: $0) }
            }
        },
    ]

    private static func strangers(_ facts: RedisFacts) -> Outcome {
        switch facts.stranger {
        case .served:
            return Outcome(.fail, "PONG without a login", subjects: 1, at: facts.seenAt)
        case .letIn:
            var outcome = Outcome(
                .warn, "the default user needs no password, but may not PING", subjects: 1,
                at: facts.seenAt)
            outcome.control = control(of: facts.login)
            return outcome
        case .unknown(let why): return .unknown(why, at: facts.seenAt)
        case .refused(let code):
            var outcome = Outcome(
                .pass, "\(code); then \(text(of: facts.login))", subjects: 1, at: facts.seenAt)
            outcome.control = control(of: facts.login)
            return outcome
        }
    }

    private static func text(of login: RedisFacts.Login) -> String {
        switch login {
        case .none: "no login of our own"
        case .known(let user?): "user \(user)"
        case .known(nil): "our own login"
        case .failed(let why): why
        }
    }

    /// Who refuses everybody has shown nothing.
    private static func control(of login: RedisFacts.Login) -> Outcome.Control {
        switch login {
        case .none: .lost("the target has no user or password to log in with")
        case .known: .held
        case .failed(let why): .lost(why)
        }
    }

    private static func encryption(_ facts: RedisFacts) -> Outcome {
        switch facts.plain {
        case .accepted(let port):
            return Outcome(
                .fail, "port \(port) answers without TLS", subjects: 1, at: facts.seenAt)
        case .unknown(let why): return .unknown(why, at: facts.seenAt)
        case .refused(let ports):
            let list = ports.map { "\($0)" }.joined(separator: ", ")
            var outcome = Outcome(
                .pass, "TLS works; plain is refused on \(list)", subjects: ports.count,
                at: facts.seenAt)
            switch facts.login {
            case .none, .known: outcome.control = .held
            case .failed(let why): outcome.control = .lost(why)
            }
            return outcome
        }
    }

    private static func leastRights(_ facts: RedisFacts) -> Outcome {
        let seen = facts.seenAt
        switch facts.dryRun {
        case .allowed: return Outcome(.fail, "our own user may SET", subjects: 1, at: seen)
        case .limited:
            return Outcome(
                .fail, "our own user may SET, though not every key", subjects: 1, at: seen)
        case .notPermitted:
            let name = if case .known(let user?) = facts.login { user } else { "dogwatch" }
            return .denied(grant: "ACL SETUSER \(name) +acl|dryrun", at: seen)
        case .unknown(let why): return .unknown(why, at: seen)
        case .denied: break
        }
        switch facts.stranger {
        case .served, .letIn:
            return Outcome(
                .fail, "the default user needs no password", subjects: 1, at: seen)
        case .unknown(let why): return .unknown("without a login: \(why)", at: seen)
        case .refused: break
        }
        return Outcome(.pass, "dry run of SET: no permission", subjects: 1, at: seen)
    }

    private static func lifetimes(_ sessions: RedisFacts.Sessions, at seen: Timestamp) -> Outcome {
        switch sessions.found {
        case .denied(let grant): return .denied(grant: grant, at: seen)
        case .unknown(let why): return .unknown(why, at: seen)
        case .keys(0, _, _):
            return .unknown("no key begins with \(sessions.store.prefix)", at: seen)
        case .keys(let count, let endless, let longest):
            let limit = sessions.store.idle.components.seconds
            let most = longest <= limit ? "max TTL \(longest) s" : "one lives \(longest) s more"
            let text = endless == 0 ? most : "\(endless) never expire"
            return Outcome(
                endless == 0 && longest <= limit ? .pass : .fail,
                "\(count) session keys, \(text)", subjects: count, at: seen)
        }
    }
}

extension Evidence {
    fileprivate func eachVisited(_ body: (RedisFacts) -> Outcome) -> [Judged] {
        surveyed.redis.map { Judged(target: "\($0.id)", outcome: body($0)) }
    }
}

extension Catalogue {
    /// The checks for which Redis servers are visited.
    public static let redisChecks: Set<String> = Set(Judges.redis.keys)
}
