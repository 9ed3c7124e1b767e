import TimeSeries

/// Checks of tables that a plan names.
extension Judges {
    static func indexes(
        _ all: [PostgresFacts.Database], _ facts: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        let wanted = facts.expected.indexes
        guard !wanted.isEmpty else {
            return .unknown("the bindings name no indexes under [postgres]", at: seen)
        }
        let found = TableFacts(all, facts.expected, at: seen) { $0.indexes }
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            Outcome(verdict, text, subjects: wanted.count, at: seen)
        }
        let missing = wanted.filter { name in
            found.facts.contains { $0.name == name && !$0.isIndexed }
        }
        guard missing.isEmpty else {
            return outcome(.fail, "missing: \(listed(missing.map(\.description)))")
        }
        if let lack = found.lack(of: wanted, \.name) { return lack }
        let weak = found.facts.filter { !$0.leads }.map(\.name.description)
        return weak.isEmpty
            ? outcome(.pass, "\(wanted.count)/\(wanted.count) valid")
            : outcome(.warn, "not the first column of a valid index: \(listed(weak))")
    }

    static func partitions(
        _ all: [PostgresFacts.Database], _ facts: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        let wanted = facts.expected.partitioned
        guard !wanted.isEmpty else {
            return .unknown("the bindings name no partitioned tables under [postgres]", at: seen)
        }
        let found = TableFacts(all, facts.expected, at: seen) { $0.partitions }
        let judged = found.facts.map { ($0, $0.judged(at: seen)) }
        if let (_, worst) = judged.first(where: { $0.1.verdict == .fail }) {
            return Outcome(.fail, worst.text, subjects: wanted.count, at: seen)
        }
        if let lack = found.lack(of: wanted, \.name) { return lack }
        if let (_, worst) = judged.first(where: { $0.1.verdict != .pass }) {
            return .unknown(worst.text, at: seen)
        }
        return Outcome(
            .pass, listed(judged.map(\.1.text)), subjects: wanted.count, at: seen)
    }

    static func masking(
        _ all: [PostgresFacts.Database], _ facts: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        let wanted = facts.expected.masked
        guard !wanted.isEmpty, !facts.expected.readers.isEmpty else {
            return .unknown(
                "the bindings name no masked columns and readers under [postgres]", at: seen)
        }
        let found = TableFacts(all, facts.expected, at: seen) { $0.exposures }
        let pairs = wanted.count * facts.expected.readers.count
        if let open = found.facts.first(where: { $0.isReadable == true && !$0.isMasked }) {
            return Outcome(
                .fail, "\(open.reader) reads \(open.name) in clear", subjects: pairs, at: seen)
        }
        if let lack = found.lack(of: wanted, \.name) { return lack }
        if let lost = found.facts.first(where: { $0.isReadable == nil }) {
            return .unknown("there is no role \(lost.reader), or no \(lost.name)", at: seen)
        }
        return Outcome(
            .pass, "\(wanted.count)/\(wanted.count) columns covered", subjects: pairs, at: seen)
    }
}

// How long rows are kept.
extension Judges {
    static func retention(
        _ all: [PostgresFacts.Kept], _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        guard !all.isEmpty else {
            return .unknown("the bindings name no retention under [postgres]", at: seen)
        }
        let judged = all.map { $0.judged(at: seen) }
        let worst = judged.first { $0.verdict == .fail } ?? judged.first { $0.verdict != .pass }
        if let worst { return worst }
        return Outcome(
            .pass, listed(judged.map(\.evidence)), subjects: all.count, at: seen)
    }
}

extension PostgresFacts.Kept {
    fileprivate func judged(at seen: Timestamp) -> Outcome {
        guard case .known(let value) = answer else {
            return answer.lack(at: seen) ?? .unknown("\(rule.name) is not known", at: seen)
        }
        guard let value else { return .unknown("\(rule.name): there is no row", at: seen) }
        switch rule.measure {
        case .oldest(_, let limit):
            let text = "\(rule.name) \(ageText(.seconds(value))) of \(ageText(limit))"
            let isKept = value > Double(limit.components.seconds)
            return Outcome(isKept ? .fail : .pass, text, subjects: 1, at: seen)
        case .overdue:
            let text = "\(rule.name): \(numberText(value)) overdue"
            return Outcome(value == 0 ? .pass : .fail, text, subjects: 1, at: seen)
        }
    }
}

/// What the application's databases say of named tables.
private struct TableFacts<Fact> {
    var facts: [Fact] = []
    private var why: Outcome?
    private let seen: Timestamp

    init(
        _ all: [PostgresFacts.Database], _ expected: PostgresExpectations, at seen: Timestamp,
        _ part: (PostgresFacts.Database.Contents) -> Asked<[Fact]>.Answer?
    ) where Fact: Sendable & Hashable {
        self.seen = seen
        for database in expected.applications(among: all) {
            guard case .known(let contents) = database.contents else {
                why = why ?? database.contents.lack(at: seen)
                continue
            }
            switch part(contents) {
            case .known(let found)?: facts += found
            case let answer: why = why ?? answer?.lack(at: seen) ?? .unknown("not asked", at: seen)
            }
        }
    }

    /// Why not all names are judged: a database that tells nothing, or a table that is nowhere.
    func lack<Name: Hashable & CustomStringConvertible>(
        of wanted: [Name], _ name: (Fact) -> Name
    ) -> Outcome? {
        if let why { return why }
        let found = Set(facts.map(name))
        return wanted.first { !found.contains($0) }.map {
            .unknown("there is no table for \($0)", at: seen)
        }
    }
}

extension PostgresFacts.Partitioning {
    /// A table that is not partitioned matters from this size on, in bytes.
    private static let large = 10 * 0x1p30

    /// Ready for now and for the period after it.
    fileprivate func judged(at now: Timestamp) -> (verdict: Verdict, text: String) {
        guard isPartitioned else {
            let size = "\(numberText((sizeBytes / 0x1p20).rounded())) MiB"
            return sizeBytes >= Self.large
                ? (.fail, "\(name) is not partitioned at \(size)")
                : (.unknown, "\(name) is not partitioned, and small: \(size)")
        }
        guard isByRange else { return (.unknown, "\(name) is not partitioned by time") }
        let ranges = bounds.compactMap { PartitionBound($0) }
        guard !ranges.isEmpty else { return (.unknown, "\(name) has no partitions of dates") }
        guard let current = ranges.first(where: { $0.from <= now && now < $0.to }) else {
            return (.fail, "\(name) has no partition for today")
        }
        let isReady = current.to == .distantFuture || ranges.contains { $0.from == current.to }
        let text = "\(name): \(bounds.count) partitions, next \(isReady ? "ready" : "missing")"
        return (isReady ? .pass : .fail, text)
    }
}

extension PostgresExpectations {
    /// The application's databases: those that are named, else all but the server's own one.
    func applications(among all: [PostgresFacts.Database]) -> [PostgresFacts.Database] {
        if !databases.isEmpty {
            return databases.map { name in
                all.first { $0.name == name }
                    ?? .init(name, .failed("there is no database \(name)"))
            }
        }
        let others = all.filter { $0.name != "postgres" }
        return others.isEmpty ? all : others
    }
}
