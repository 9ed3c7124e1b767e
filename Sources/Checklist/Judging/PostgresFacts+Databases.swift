// What is in a server's databases.
extension PostgresFacts {
    /// One database that accepts connections.
    public struct Database: Sendable, Hashable {
        public var name: String
        /// What is in it, or why that is not known.
        public var contents: Asked<Contents>.Answer

        public init(_ name: String, _ contents: Asked<Contents>.Answer) {
            self.name = name
            self.contents = contents
        }

        public struct Contents: Sendable, Hashable {
            /// Whether everybody may create objects in schema public; false without such a schema.
            public var letsPublicCreate: Bool
            /// Extension → version.
            public var extensions: [String: String]
            /// `pgaudit.log` as it is in this database; nil when pgaudit is not loaded.
            public var auditLog: Setting?
            /// Of what plans name; nil when they name nothing of the kind.
            public var indexes: Asked<[Index]>.Answer?
            public var partitions: Asked<[Partitioning]>.Answer?
            public var exposures: Asked<[Exposure]>.Answer?

            public init(
                letsPublicCreate: Bool, extensions: [String: String] = [:],
                auditLog: Setting? = nil
            ) {
                self.letsPublicCreate = letsPublicCreate
                self.extensions = extensions
                self.auditLog = auditLog
            }
        }
    }

    /// How a column of a table that is there is indexed.
    public struct Index: Sendable, Hashable {
        public var name: TableColumn
        /// It is in some index.
        public var isIndexed: Bool
        /// It is the first column of a valid index over all rows.
        public var leads: Bool

        public init(_ name: TableColumn, isIndexed: Bool, leads: Bool) {
            self.name = name
            self.isIndexed = isIndexed
            self.leads = leads
        }
    }

    /// A table that is there, and its partitions.
    public struct Partitioning: Sendable, Hashable {
        public var name: TableName
        public var isPartitioned: Bool
        public var isByRange: Bool
        /// With indexes and TOAST; 0 for one that is partitioned.
        public var sizeBytes: Double
        /// `FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')`
        public var bounds: [String]

        public init(
            _ name: TableName, isPartitioned: Bool, isByRange: Bool = true, sizeBytes: Double = 0,
            bounds: [String] = []
        ) {
            self.name = name
            self.isPartitioned = isPartitioned
            self.isByRange = isByRange
            self.sizeBytes = sizeBytes
            self.bounds = bounds
        }
    }

    /// Whether a role sees a column of a table that is there.
    public struct Exposure: Sendable, Hashable {
        public var name: TableColumn
        public var reader: String
        /// nil when there is no such role or no such column.
        public var isReadable: Bool?
        /// By a rule of the anonymiser's, for a role that it masks.
        public var isMasked: Bool

        public init(_ name: TableColumn, reader: String, isReadable: Bool?, isMasked: Bool) {
            self.name = name
            self.reader = reader
            self.isReadable = isReadable
            self.isMasked = isMasked
        }
    }

    /// What a plan's own statement says of rows that must not be kept for ever.
    public struct Kept: Sendable, Hashable {
        public var rule: RetentionRule
        /// Seconds, or a count of what is overdue; nil where there is no row.
        public var answer: Asked<Double?>.Answer

        public init(_ rule: RetentionRule, _ answer: Asked<Double?>.Answer) {
            self.rule = rule
            self.answer = answer
        }
    }
}
