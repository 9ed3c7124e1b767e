/// One way to find out whether something is so: a value of the catalogue.
public struct Check: Sendable, Identifiable {
    /// "pg.wal-archiving"
    public var id: String
    public var title: String
    /// What it looks at.
    public var reads: String
    public var rule: Rule
    /// What must be granted, installed or configured for it.
    public var needs: String
    /// From one look to the next; nil for what follows from other things.
    public var cadence: Duration?
    public var owasp: [OWASPCategory]
    /// nil for what takes its severity from the item.
    public var severity: Severity?
    /// The best evidence that it can give.
    public var grade: Grade
    /// What it proves, and what not.
    public var reach: String
    /// How to make it pass.
    public var fix: String
    public var traits: Traits

    /// A rule in words; "" where it has no such case.
    public struct Rule: Sendable, Hashable {
        public var pass = ""
        public var warn = ""
        public var fail = ""
        public var unknown = ""
        /// Anything beside the cases: what is shown when only refutation is possible.
        public var otherwise = ""
    }

    public struct Traits: OptionSet, Sendable, Hashable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// It runs only where somebody allowed it: it writes, logs in or sends more than a look.
        public static let optIn = Traits(rawValue: 1)
        /// It can show that something is wrong, never that nothing is.
        public static let refuteOnly = Traits(rawValue: 2)
        /// A person signs what it supports.
        public static let supportsOnly = Traits(rawValue: 4)
        /// It says that something is refused or absent: it must show that it could tell.
        public static let needsControl = Traits(rawValue: 8)
        /// It must say from where it looked.
        public static let vantage = Traits(rawValue: 16)
        /// It must look from outside of the allowed network.
        public static let outside = Traits(rawValue: 32)
    }

    public enum Vantage: Sendable, Hashable {
        case any, named, outside
    }

    public var isOptIn: Bool { traits.contains(.optIn) }
    public var isRefuteOnly: Bool { traits.contains(.refuteOnly) }
    public var onlySupports: Bool { traits.contains(.supportsOnly) }
    public var needsControl: Bool { traits.contains(.needsControl) }
    /// Two looks turn it green.
    public var isSecurity: Bool { !owasp.isEmpty }

    public var vantage: Vantage {
        traits.contains(.outside) ? .outside : traits.contains(.vantage) ? .named : .any
    }
}

/// The OWASP Top 10 of 2021.
public enum OWASPCategory: String, Sendable, Hashable, Codable, CaseIterable {
    case a01 = "A01", a02 = "A02", a03 = "A03", a04 = "A04", a05 = "A05"
    case a06 = "A06", a07 = "A07", a08 = "A08", a09 = "A09", a10 = "A10"
}
