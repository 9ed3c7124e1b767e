import TimeSeries

/// One piece of state that outlives the process, replaced as a whole.
public struct StateRecord: Sendable, Hashable {
    public struct ID: Sendable, Hashable {
        public var kind: String
        public var key: String

        public init(kind: String, key: String) {
            self.kind = kind
            self.key = key
        }
    }

    public var kind: String
    public var key: String
    /// JSON.
    public var body: [UInt8]

    public init(kind: String, key: String, body: [UInt8]) {
        self.kind = kind
        self.key = key
        self.body = body
    }

    public var id: ID { ID(kind: kind, key: key) }
}

/// One line of the append-only history.
public struct HistoryLine: Sendable, Hashable {
    public var at: Timestamp
    public var kind: String
    public var subject: String
    /// JSON.
    public var body: [UInt8]

    public init(at: Timestamp, kind: String, subject: String, body: [UInt8]) {
        self.at = at
        self.kind = kind
        self.subject = subject
        self.body = body
    }
}

/// What is written together, or not at all.
public struct RecordBatch: Sendable, Hashable {
    public var puts: [StateRecord]
    public var removals: [StateRecord.ID]
    public var lines: [HistoryLine]

    public init(
        puts: [StateRecord] = [], removals: [StateRecord.ID] = [], lines: [HistoryLine] = []
    ) {
        self.puts = puts
        self.removals = removals
        self.lines = lines
    }

    /// Takes what is to be written after this; of a record only the last word counts.
    public mutating func append(_ later: RecordBatch) {
        let said = Set(later.puts.map(\.id)).union(later.removals)
        puts.removeAll { said.contains($0.id) }
        removals.removeAll { said.contains($0) }
        puts += later.puts
        removals += later.removals
        lines += later.lines
    }

    public var isEmpty: Bool { puts.isEmpty && removals.isEmpty && lines.isEmpty }
}

/// Where records are kept.
public protocol RecordStore: Sendable {
    /// Everything that is kept; read once, at the start.
    func load() async throws(RecordFailure) -> KeptRecords

    /// Returns once the batch is on disk; nothing of it is where this throws.
    func commit(_ batch: RecordBatch) async throws(RecordFailure)
}

/// What a store holds.
public struct KeptRecords: Sendable {
    public var records: [StateRecord]
    /// What was lost, in a sentence; nil when nothing was.
    public var damage: String?

    public init(_ records: [StateRecord], damage: String? = nil) {
        self.records = records
        self.damage = damage
    }
}

/// Records could not be read or written.
public struct RecordFailure: Error, Hashable, CustomStringConvertible {
    /// What failed and why: "pager.db: the disk is full".
    public var description: String

    public init(_ description: String) { self.description = description }
}
