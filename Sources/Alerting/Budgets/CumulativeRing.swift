import TimeSeries

/// The newest readings of something that only grows, one a bucket of time, in memory that never grows:
/// what happened in a window is the difference of two entries.
///
/// A bucket ends at a multiple of its length and holds the last reading up to there, its end included.
/// A window's left edge is exact where that reading is the only one of its bucket or the edge is
/// a bucket's end; otherwise it is off by less than one bucket.
struct CumulativeRing<Reading: Sendable>: Sendable {
    struct Entry: Sendable {
        var time: Timestamp
        /// For how long there were observations, from the first entry to this one, in milliseconds.
        var observed: Int64
        var reading: Reading
    }

    /// Milliseconds.
    let bucket: Int64
    let capacity: Int
    /// By the bucket's number, modulo the capacity; empty until the first reading.
    var entries: [Entry] = []
    var oldest: Int64 = 0
    var newest: Int64 = 0

    /// Spans the longest window and one bucket more, so that the window's left edge is still there.
    init(bucket: Duration, span: Duration) {
        self.bucket = max(1, bucket.milliseconds)
        capacity = Int(max(1, span.milliseconds) / self.bucket) + 2
    }

    var last: Entry? { entries.isEmpty ? nil : entries[slot(newest)] }

    /// Keeps an entry. One that is earlier than the newest is dropped: time does not run backwards.
    mutating func record(_ entry: Entry) {
        let number = number(of: entry.time)
        guard let last else {
            entries = Array(repeating: entry, count: capacity)
            // The first reading stands before its bucket too: growth counts from there.
            (oldest, newest) = (number - 1, number)
            return
        }
        guard entry.time >= last.time else { return }
        for skipped in max(newest + 1, number - Int64(capacity))..<max(newest + 1, number) {
            entries[slot(skipped)] = last
        }
        newest = number
        oldest = max(oldest, number - Int64(capacity) + 1)
        entries[slot(number)] = entry
    }

    /// The last entry at or before an instant, or the first one there is; nil while there is none.
    func entry(at time: Timestamp) -> Entry? {
        guard let last else { return nil }
        if time >= last.time { return last }
        let number = max(oldest, min(newest, number(of: time)))
        let entry = entries[slot(number)]
        return entry.time <= time || number == oldest ? entry : entries[slot(number - 1)]
    }

    /// The first entry after an instant.
    func entry(after time: Timestamp) -> Entry? {
        guard let last, last.time > time else { return nil }
        var number = max(oldest, min(newest, number(of: time)))
        while number < newest, entries[slot(number)].time <= time { number += 1 }
        return entries[slot(number)]
    }

    private func number(of time: Timestamp) -> Int64 {
        let (quotient, rest) = time.milliseconds.quotientAndRemainder(dividingBy: bucket)
        return rest > 0 ? quotient + 1 : quotient
    }

    func slot(_ number: Int64) -> Int {
        let rest = Int(number % Int64(capacity))
        return rest < 0 ? rest + capacity : rest
    }
}

extension CumulativeRing {
    /// What lies between two instants.
    struct Window: Sendable {
        var first: Entry
        var last: Entry
        /// The observed share of the window, 0…1.
        var coverage: Double
    }

    /// The window of this length that ends at `now`; nil while there is no entry.
    func window(_ length: Duration, endingAt now: Timestamp) -> Window? {
        guard let first = entry(at: now - length), let last = entry(at: now) else { return nil }
        return Window(
            first: first, last: last, coverage: coverage(of: length, first: first, last: last, now))
    }

    /// The interval that the left edge cuts counts with its part inside.
    private func coverage(
        of length: Duration, first: Entry, last: Entry, _ now: Timestamp
    ) -> Double {
        let start = now - length
        var observed = last.observed - first.observed
        if first.time < start, let next = entry(after: start), next.time <= last.time,
            next.observed > first.observed
        {
            observed -= start.duration(since: first.time).milliseconds
        }
        guard length > .zero else { return 0 }
        return min(1, max(0, Double(observed) / 1000 / length.inSeconds))
    }
}
