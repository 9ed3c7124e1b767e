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

    public var isEmpty: Bool { puts.isEmpty && removals.isEmpty && lines.isEmpty }
}
