import PromQL
import TimeSeries

/// A plan document as it is written: its headings, boxes, tables and dates. Nothing in it is a
/// verdict; a ticked box is a claim.
public struct Plan: Sendable, Hashable {
    /// The first heading of level 1, else the name that the document was given.
    public var title: String
    /// What the document says in "**Date:**", at midnight UTC.
    public var date: Timestamp?
    /// In the document's order; the first one stands for what comes before any heading.
    public var sections: [Section] = []
    public var items: [Item] = []
    public var kpis: [KPIRow] = []
    public var risks: [RiskRow] = []
    /// "**Effort:** 4 hours": keys with their values, outside of items.
    public var fields: [Field] = []
    /// List items without a box.
    public var points: [Point] = []
    /// How many runs of text are damaged by a wrong encoding, and the lines that hold them.
    public var damage = Damage()
    /// What in the document contradicts itself.
    public var notes: [PlanNote] = []

    public struct Damage: Sendable, Hashable {
        public var runs = 0
        public var lines: [Int] = []
    }

    /// A heading and what stands below it up to the next one.
    public struct Section: Sendable, Hashable {
        /// Without its stated count.
        public var title: String
        public var slug: String
        /// 1…6; 0 for what comes before any heading.
        public var level: Int
        /// From 1.
        public var line: Int
        /// The index of the section that this one stands in; nil for the first.
        public var parent: Int?
        /// The "(25 items)" of the heading; compared, never used.
        public var stated: Int?
        /// The boxes in it and in the sections below it.
        public var counted = 0
        /// "(Oct 24 - 14:00 UTC)": the day or the hour for which it is planned.
        public var planned: PlannedTime?
        /// The number of a "Phase 2: …".
        public var phase: Int?
    }

    /// A box.
    public struct Item: Sendable, Hashable {
        /// heading slug / item slug, with "~2", "~3" where that stands more than once.
        public var anchor: String
        /// In one line, without markup, its encoding repaired.
        public var text: String
        /// "WAL Archiving" of "**WAL Archiving:** Configure …".
        public var lead: String?
        /// SHA-256 of the text as the file has it: what people sign.
        public var textHash: String
        public var isTicked: Bool
        /// 0 for an item that stands in no other list.
        public var depth: Int
        /// The index of the item that this one stands below.
        public var parent: Int?
        /// An index of `sections`.
        public var section: Int
        /// From 1.
        public var line: Int
        public var column: Int
    }

    public struct Field: Sendable, Hashable {
        public var key: String
        public var value: String
        public var section: Int
        public var line: Int
    }

    public struct Point: Sendable, Hashable {
        public var text: String
        public var isNumbered: Bool
        public var section: Int
        public var line: Int
    }
}

/// When something is planned for.
public struct PlannedTime: Sendable, Hashable {
    /// In UTC; midnight when only the day is named.
    public var start: Timestamp
    /// True when the heading names an hour: the section is a step of a deployment.
    public var hasHour: Bool
}

/// A row of a table that has names and targets.
public struct KPIRow: Sendable, Hashable {
    /// heading slug / slug of the name, with "~2", "~3" where that stands more than once.
    public var anchor: String
    public var name: String
    /// As written.
    public var targetText: String
    /// nil when the text is no target.
    public var target: Target?
    /// What the document claims to have been measured, as written; never data.
    public var claimText: String?
    public var claim: Claim?
    /// "Oct 24"
    public var due: String?
    /// Other columns by their headers.
    public var others: [String: String]
    public var section: Int
    public var line: Int

    /// What a claim's cell says.
    public enum Claim: Sendable, Hashable {
        /// A number in base units.
        case value(Double)
        /// An inequality or a range: no measurement.
        case bound(Target)
        /// "TBD"
        case none
    }
}

/// A row of a risk register.
public struct RiskRow: Sendable, Hashable {
    /// heading slug / slug of the name, with "~2", "~3" where that stands more than once.
    public var anchor: String
    public var name: String
    public var probability: String
    public var impact: String
    public var mitigation: String
    public var section: Int
    public var line: Int
}

extension Plan {
    /// The sections with a number of their own, in the document's order.
    public var phases: [Int] { sections.indices.filter { sections[$0].phase != nil } }

    /// The sections that are planned for an hour: the steps of a deployment.
    public var deployment: [Int] {
        sections.indices.filter { sections[$0].planned?.hasHour == true }
    }

    /// Whether a section is `other` or stands in it.
    public func section(_ index: Int, isIn other: Int) -> Bool {
        var at: Int? = index
        while let here = at {
            if here == other { return true }
            at = sections[here].parent
        }
        return false
    }

    /// The boxes of a section and of those below it.
    public func items(in section: Int) -> [Item] {
        items.filter { self.section($0.section, isIn: section) }
    }
}
