/// Deadlines with the waits that they end, the earliest first. A binary heap: O(log n) a change.
struct TimerHeap {
    private var entries: [(at: Deadline, id: WaitID)] = []

    var first: (at: Deadline, id: WaitID)? { entries.first }
    var count: Int { entries.count }

    mutating func insert(_ id: WaitID, at deadline: Deadline) {
        entries.append((deadline, id))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].at < entries[parent].at else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        sink(0)
    }

    /// Drops every entry that `isDead` names, in linear time.
    mutating func removeAll(where isDead: (WaitID) -> Bool) {
        entries.removeAll { isDead($0.id) }
        for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            let left = 2 * parent + 1
            guard left < entries.count else { return }
            let right = left + 1
            let child =
                right < entries.count && entries[right].at < entries[left].at ? right : left
            guard entries[child].at < entries[parent].at else { return }
            entries.swapAt(child, parent)
            parent = child
        }
    }
}
