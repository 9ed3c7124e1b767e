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
/// Kept sorted by name; a label with an empty value counts as absent, as in Prometheus.
public struct Labels: Hashable, Sendable {
    public static let metricName = "__name__"

    /// Sorted by name, each name once, no empty value.
    public private(set) var all: [Label]

    public init() { all = [] }

    /// Takes labels in any order. Of labels with one name the last wins.
    public init(_ labels: some Sequence<Label>) {
        all = []
        for label in labels { self[label.name] = label.value }
    }

    public init(_ pairs: [String: String]) {
        all = pairs.filter { !$0.value.isEmpty }.map { Label($0.key, $0.value) }.sorted()
    }

    public init(name: String, _ pairs: [String: String] = [:]) {
        self.init(pairs)
        self[Labels.metricName] = name
    }

    /// The value of a label, "" when it is absent. Setting "" removes the label.
    public subscript(name: String) -> String {
        get { all.first { $0.name == name }?.value ?? "" }
        set {
            let index = all.firstIndex { $0.name >= name } ?? all.endIndex
            let isPresent = index < all.endIndex && all[index].name == name
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
