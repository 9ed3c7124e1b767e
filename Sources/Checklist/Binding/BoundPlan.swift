/// A plan whose items have found their bindings.
public struct BoundPlan: Sendable, Hashable {
    public var plan: Plan
    public var bindings: Bindings
    /// In the order of the plan's items.
    public var items: [BoundItem]
    /// Bindings whose item is not in the plan any more, with the anchors that are nearest.
    public var lost: [Lost]

    public struct Lost: Sendable, Hashable {
        public var binding: ItemBinding
        public var nearest: [String]
    }

    /// Matches in this order: anchor and text; anchor alone (drifted); text alone (moved).
    public init(_ plan: Plan, _ bindings: Bindings) {
        self.plan = plan
        self.bindings = bindings
        items = plan.items.map { BoundItem(item: $0) }
        lost = []
        let byAnchor = Dictionary(
            plan.items.indices.map { (plan.items[$0].anchor, $0) },
            uniquingKeysWith: { first, _ in first })
        var homeless: [ItemBinding] = []
        for binding in bindings.items {
            guard let index = byAnchor[binding.anchor] else {
                homeless.append(binding)
                continue
            }
            let isSame = normalised(plan.items[index].text) == normalised(binding.text)
            // A text that now stands elsewhere has moved; what took its anchor is another item.
            if !isSame, movedHome(of: binding) != nil {
                homeless.append(binding)
            } else {
                bind(binding, to: index, isSame ? .bound : .drifted(from: binding.text))
            }
        }
        for binding in homeless {
            if let index = movedHome(of: binding), items[index].binding == nil {
                bind(binding, to: index, .moved(from: binding.anchor))
            } else {
                lost.append(Lost(binding: binding, nearest: nearest(to: binding.anchor)))
            }
        }
    }

    /// Every check that an item or a risk rests on.
    public var checks: Set<String> {
        Set(items.flatMap(\.checks)).union(bindings.risks.flatMap(\.checks))
    }

    private mutating func bind(_ binding: ItemBinding, to index: Int, _ match: BoundItem.Match) {
        items[index].binding = binding
        items[index].match = match
    }

    /// The only item elsewhere with the text of a binding.
    private func movedHome(of binding: ItemBinding) -> Int? {
        let text = normalised(binding.text)
        let found = items.indices.filter { index in
            items[index].item.anchor != binding.anchor
                && normalised(items[index].item.text) == text
        }
        return found.count == 1 ? found.first : nil
    }

    /// Up to three anchors that share the most words with a lost one.
    private func nearest(to anchor: String) -> [String] {
        let words = Set(anchor.split { $0 == "-" || $0 == "/" })
        let ranked = items.map { item in
            let own = Set(item.item.anchor.split { $0 == "-" || $0 == "/" })
            return (item.item.anchor, words.intersection(own).count)
        }
        return ranked.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(3).map(\.0)
    }
}

/// An item with its binding.
public struct BoundItem: Sendable, Hashable {
    public var item: Plan.Item
    /// nil: nothing says how it is judged.
    public var binding: ItemBinding?
    public var match = Match.unbound

    public enum Match: Sendable, Hashable {
        case bound
        /// The text is another one than was bound: signatures are void until given again.
        case drifted(from: String)
        /// The text stands under another heading now.
        case moved(from: String)
        case unbound
    }

    /// The checks that it rests on, the plan's own condition among them.
    public var checks: [String] {
        guard let binding else { return [] }
        return binding.checks + (binding.condition == nil ? [] : ["assert.promql"])
            + binding.assertions.map(\.check)
    }

    /// That of the binding, else the highest of its checks.
    func severity(of checks: [Check]) -> Severity {
        binding?.severity ?? checks.compactMap(\.severity).max() ?? .medium
    }

    /// Who decides it: an opt-in check that nobody allowed leaves the rest to a person.
    func itemClass(of checks: [Check], allowing allow: [String]) -> ItemClass {
        guard let binding else { return .attest }
        let isBarred = checks.contains { $0.isOptIn && !allow.contains($0.id) }
        return binding.itemClass == .auto && isBarred ? .partial : binding.itemClass
    }
}

/// A text for comparing: lower case, blanks as one space, without emphasis or a stop at its end.
func normalised(_ text: String) -> String {
    var words = text.lowercased().split { $0.isWhitespace || $0 == "*" || $0 == "`" }
        .joined(separator: " ")
    while let last = words.last, ".;".contains(last) { words.removeLast() }
    return words
}
