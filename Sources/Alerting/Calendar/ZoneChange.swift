/// An instant at which the clocks of a zone change.
struct ZoneChange: Hashable, Sendable {
    /// Seconds since the epoch.
    var instant: Int64
    /// Seconds east of UTC, before and after.
    var before: Int
    var after: Int

    /// From here on the wall clock has passed the change both ways: the skipped hour is over, or the
    /// repeated one has run twice. RFC 5545 (section 3.3.5) reads a local time before it with the offset
    /// before the change, so that a repeated time is its first occurrence.
    var wall: Int64 { instant + Int64(max(before, after)) }
}

extension Collection where Element == ZoneChange, Index == Int {
    /// How many changes lie at or before a value of `key`, which rises from change to change.
    func count(upTo value: Int64, _ key: (ZoneChange) -> Int64) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) <= value { low = middle + 1 } else { high = middle }
        }
        return low - startIndex
    }

    /// The offset that holds at a value of `key`; nil when there is no change at all.
    func offset(at value: Int64, _ key: (ZoneChange) -> Int64) -> Int? {
        let count = count(upTo: value, key)
        return count > 0 ? self[startIndex + count - 1].after : first?.before
    }
}
