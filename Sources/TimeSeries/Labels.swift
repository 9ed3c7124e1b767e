/// One name and value of a series' label set.
public struct Label: Hashable, Sendable, Comparable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    public static func < (left: Label, right: Label) -> Bool {
        (left.name, left.value) < (right.name, right.value)
    }
}

/// The identity of a series: label names with their values, the metric's name under `__name__`.
///
/// Kept sorted by name; a label with an empty value counts as absent, as in Prometheus. The hash is
/// kept up to date on every change, so that using a label set as a key costs no pass over its text.
public struct Labels: Sendable {
    public static let metricName = "__name__"

    /// Sorted by name, each name once, no empty value.
    public private(set) var all: [Label]

    /// The wrapping sum of the labels' own hashes: a change of one label adjusts it.
    private var digest: UInt64 = 0

    public init() { all = [] }

    /// Takes labels in any order. Of labels with one name the last wins.
    public init(_ labels: some Sequence<Label>) {
        all = []
        all.reserveCapacity(labels.underestimatedCount)
        for label in labels { self[label.name] = label.value }
    }

    public init(_ pairs: [String: String]) {
        self.init(kept: pairs.filter { !$0.value.isEmpty }.map { Label($0.key, $0.value) }.sorted())
    }

    public init(name: String, _ pairs: [String: String] = [:]) {
        self.init(pairs)
        self[Labels.metricName] = name
    }

    /// For labels that are sorted, distinct and not empty already.
    private init(kept labels: [Label]) {
        all = labels
        for label in labels { digest &+= Self.digest(of: label.name, label.value) }
    }

    /// The value of a label, "" when it is absent. Setting "" removes the label.
    public subscript(name: String) -> String {
        get { all.first { $0.name == name }?.value ?? "" }
        set {
            let index = all.firstIndex { $0.name >= name } ?? all.endIndex
            let isPresent = index < all.endIndex && all[index].name == name
            if isPresent { digest &-= Self.digest(of: name, all[index].value) }
            if !newValue.isEmpty { digest &+= Self.digest(of: name, newValue) }
            switch (isPresent, newValue.isEmpty) {
            case (true, true): all.remove(at: index)
            case (true, false): all[index].value = newValue
            case (false, true): break
            case (false, false): all.insert(Label(name, newValue), at: index)
            }
        }
    }

    /// The metric's name, "" when there is none.
    public var metric: String { self[Labels.metricName] }

    public var isEmpty: Bool { all.isEmpty }
}

extension Labels {
    /// The set with one label set, or removed where `value` is "".
    public func with(_ name: String, _ value: String) -> Labels {
        var result = self
        result[name] = value
        return result
    }

    /// The set with the labels of `other` added; where both have a name, `other` wins.
    public func merging(_ other: Labels) -> Labels {
        var result = self
        for label in other.all { result[label.name] = label.value }
        return result
    }

    public func without(_ name: String) -> Labels { with(name, "") }

    public func without(_ names: [String]) -> Labels {
        Labels(kept: all.filter { !names.contains($0.name) })
    }

    /// Only the labels with these names.
    public func keeping(_ names: [String]) -> Labels {
        Labels(kept: all.filter { names.contains($0.name) })
    }

    public var withoutMetricName: Labels { without(Labels.metricName) }
}

extension Labels: Hashable {
    public static func == (left: Labels, right: Labels) -> Bool {
        left.digest == right.digest && left.all == right.all
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// A multiplicative hash of the bytes, seeded anew in each process, with a final mix: a sum of
    /// these is as good as each of them.
    private static func digest(of name: String, _ value: String) -> UInt64 {
        var hash = seed
        absorb(name, into: &hash)
        absorb(value, into: &hash)
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        return hash ^ (hash >> 33)
    }

    /// Eight bytes at a time, as these are most of the cost of a new label set.
    private static func absorb(_ text: String, into hash: inout UInt64) {
        var text = text
        text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            var index = 0
            while index &+ 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                hash = (hash ^ word) &* multiplier
                hash ^= hash >> 32
                index &+= 8
            }
            // What is left and how much: texts that end in zeros differ too.
            var tail = UInt64(truncatingIfNeeded: bytes.count &- index) << 56
            var shift: UInt64 = 0
            while index < bytes.count {
                tail |= UInt64(bytes[index]) &<< shift
                shift &+= 8
                index &+= 1
            }
            hash = (hash ^ tail) &* multiplier
            hash ^= hash >> 32
        }
    }

    private static let multiplier: UInt64 = 0x9e37_79b9_7f4a_7c15
    private static let seed = UInt64.random(in: .min ... .max)
}

extension Labels: Comparable {
    /// By the labels in order of name, as Prometheus sorts the series of a result.
    public static func < (left: Labels, right: Labels) -> Bool {
        left.all.lexicographicallyPrecedes(right.all)
    }
}

extension Labels: CustomStringConvertible {
    /// As PromQL writes it: `up{job="api"}`; `{}` when empty.
    public var description: String {
        let pairs = all.filter { $0.name != Labels.metricName || !$0.value.isPlainMetricName }
            .map { label in
                let name = label.name.isPlainLabelName ? label.name : label.name.quotedForPromQL
                return label.name == Labels.metricName
                    ? label.value.quotedForPromQL : "\(name)=\(label.value.quotedForPromQL)"
            }
        let name = metric.isPlainMetricName ? metric : ""
        return pairs.isEmpty && !name.isEmpty ? name : "\(name){\(pairs.joined(separator: ", "))}"
    }
}

extension String {
    /// True for a name that needs no quotes as a label: `[a-zA-Z_][a-zA-Z0-9_]*`.
    public var isPlainLabelName: Bool { isPlainName(colons: false) }

    /// True for a name that needs no quotes as a metric: as a label, and colons.
    public var isPlainMetricName: Bool { isPlainName(colons: true) }

    private func isPlainName(colons: Bool) -> Bool {
        var isFirst = true
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !isFirst: break
            case UInt8(ascii: ":") where colons: break
            default: return false
            }
            isFirst = false
        }
        return !isFirst
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Label($0.0, $0.1) })
    }
}

extension Labels: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String: String].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.value) }))
    }
}
