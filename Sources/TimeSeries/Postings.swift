/// Which series have which label: for each name and value the slots, in ascending order.
struct Postings: Sendable {
    private var slots: [String: [String: [Int32]]] = [:]

    mutating func insert(_ labels: Labels, slot: Int32) {
        for label in labels.all {
            Self.insert(slot, into: &slots[label.name, default: [:]][label.value, default: []])
        }
    }

    mutating func remove(_ labels: Labels, slot: Int32) {
        for label in labels.all {
            guard var list = slots[label.name]?[label.value] else { continue }
            let index = Self.position(of: slot, in: list)
            if index < list.count, list[index] == slot { list.remove(at: index) }
            slots[label.name]?[label.value] = list.isEmpty ? nil : list
            if slots[label.name]?.isEmpty == true { slots[label.name] = nil }
        }
    }

    /// A superset of the slots that pass all matchers: the shortest list that one of them gives.
    /// Patterns, which cost a match for each value of their label, are asked only where no matcher
    /// names values. Nil when none narrows the choice.
    func candidates(_ matchers: [Matcher]) -> [Int32]? {
        let narrowing = matchers.filter { !$0.matchesEmpty }
        let named = narrowing.filter { $0.accepted != nil }
        var best: [Int32]?
        for matcher in named.isEmpty ? narrowing : named {
            guard let list = list(of: matcher, shorterThan: best?.count ?? .max) else { continue }
            best = list
        }
        return best
    }

    /// The slots whose label passes, in ascending order; nil when there are `bound` or more.
    private func list(of matcher: Matcher, shorterThan bound: Int) -> [Int32]? {
        guard let values = slots[matcher.name] else { return bound > 0 ? [] : nil }
        let lists: [[Int32]]
        if let accepted = matcher.accepted {
            lists = Set(accepted).compactMap { values[$0] }
        } else {
            lists = values.compactMap { matcher.matches($0.key) ? $0.value : nil }
        }
        guard lists.reduce(0, { $0 + $1.count }) < bound else { return nil }
        return lists.count == 1 ? lists[0] : lists.flatMap { $0 }.sorted()
    }

    private static func insert(_ slot: Int32, into list: inout [Int32]) {
        list.insert(slot, at: position(of: slot, in: list))
    }

    private static func position(of slot: Int32, in list: [Int32]) -> Int {
        var (low, high) = (0, list.count)
        if let last = list.last, last < slot { return high }
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < slot { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
