/// What the head's lock guards.
struct HeadState: Sendable {
    private let spanMilliseconds: Int64
    private let seriesLimit: Int

    private var slots: [HeadSeries] = []
    /// Slots of removed series, for new ones.
    private var free: [Int32] = []
    private(set) var index: [Labels: Int32] = [:]
    private(set) var postings = Postings()
    private(set) var metadata: [String: MetricMetadata] = [:]
    private(set) var counts = AppendCounts()

    init(spanMilliseconds: Int64, seriesLimit: Int) {
        self.spanMilliseconds = spanMilliseconds
        self.seriesLimit = seriesLimit
    }

    mutating func append(_ labels: Labels, _ sample: Sample) -> AppendResult {
        let result =
            slot(for: labels).map { slot in
                slots[Int(slot)].append(sample, spanMilliseconds: spanMilliseconds)
            } ?? .seriesLimit
        counts.count(result)
        return result
    }

    mutating func append(_ reference: SeriesReference, _ sample: Sample) -> AppendResult {
        let slot = Int(reference.slot)
        let result: AppendResult
        if slot < slots.count, slots[slot].generation == reference.generation {
            result = slots[slot].append(sample, spanMilliseconds: spanMilliseconds)
        } else {
            result = .unknownSeries
        }
        counts.count(result)
        return result
    }

    mutating func reference(for labels: Labels) -> SeriesReference? {
        slot(for: labels).map { slot in
            SeriesReference(slot: slot, generation: slots[Int(slot)].generation)
        }
    }

    private mutating func slot(for labels: Labels) -> Int32? {
        if let known = index[labels] { return known }
        guard index.count < seriesLimit else { return nil }
        let slot: Int32
        if let reused = free.popLast() {
            slot = reused
            slots[Int(slot)].reuse(for: labels)
        } else {
            slot = Int32(slots.count)
            slots.append(HeadSeries(labels: labels))
        }
        index[labels] = slot
        postings.insert(labels, slot: slot)
        return slot
    }

    func select(_ matchers: [Matcher], from: Timestamp, through: Timestamp) -> [Series] {
        matchingSlots(matchers).compactMap {
            slots[Int($0)].selection(from: from, through: through)
        }
    }

    func labelSets(_ matchers: [Matcher], from: Timestamp, through: Timestamp) -> [Labels] {
        matchingSlots(matchers).compactMap { slot in
            let series = slots[Int(slot)]
            guard let bounds = series.bounds, bounds.lowerBound <= through,
                bounds.upperBound >= from
            else { return nil }
            return series.labels
        }
    }

    private func matchingSlots(_ matchers: [Matcher]) -> [Int32] {
        let candidates = postings.candidates(matchers) ?? index.values.sorted()
        return candidates.filter { slot in
            let labels = slots[Int(slot)].labels
            return matchers.allSatisfy { $0.matches(labels) }
        }
    }

    /// Metadata is bounded like the series: a name beyond the limit is not described.
    mutating func describe(_ new: MetricMetadata) {
        guard metadata.count < seriesLimit || metadata[new.name] != nil else { return }
        metadata[new.name] = new
    }

    mutating func truncate(before time: Timestamp) {
        for (labels, slot) in index {
            slots[Int(slot)].truncate(before: time)
            guard slots[Int(slot)].isEmpty else { continue }
            postings.remove(labels, slot: slot)
            index[labels] = nil
            slots[Int(slot)].clear()
            free.append(slot)
        }
    }

    var bounds: ClosedRange<Timestamp>? {
        var result: ClosedRange<Timestamp>?
        for slot in index.values {
            guard let own = slots[Int(slot)].bounds else { continue }
            let lower = min(result?.lowerBound ?? own.lowerBound, own.lowerBound)
            result = lower...max(result?.upperBound ?? own.upperBound, own.upperBound)
        }
        return result
    }
}

/// One series in the head.
struct HeadSeries: Sendable {
    private(set) var labels: Labels
    private(set) var generation: UInt32 = 0
    private var sealed: [Chunk] = []
    private var open = ChunkBuilder()
    /// The newest sample, milliseconds; also after truncation.
    private var newest: Int64?

    init(labels: Labels) { self.labels = labels }

    var isEmpty: Bool { sealed.isEmpty && open.count == 0 }

    mutating func append(_ sample: Sample, spanMilliseconds: Int64) -> AppendResult {
        let time = sample.time.milliseconds
        if let newest, time <= newest { return time == newest ? .duplicate : .outOfOrder }
        if open.count >= Chunk.capacity {
            sealed.append(open.sealed)
            open = ChunkBuilder()
            let (oldest, overflow) = time.subtractingReportingOverflow(spanMilliseconds)
            if !overflow { dropChunks(before: oldest) }
        }
        open.append(time: time, value: sample.value)
        newest = time
        return .appended
    }

    /// Nil when no chunk reaches into the time.
    func selection(from: Timestamp, through: Timestamp) -> Series? {
        var chunks: [Chunk] = []
        let start = sealed.firstIndex { $0.last >= from } ?? sealed.endIndex
        for chunk in sealed[start...] {
            if chunk.first > through { break }
            chunks.append(chunk)
        }
        if open.count > 0, open.first <= through.milliseconds, open.last >= from.milliseconds {
            chunks.append(open.chunk)
        }
        return chunks.isEmpty
            ? nil : Series(labels: labels, chunks: chunks, from: from, through: through)
    }

    mutating func truncate(before time: Timestamp) {
        dropChunks(before: time.milliseconds)
        if open.count > 0, open.last < time.milliseconds { open = ChunkBuilder() }
    }

    private mutating func dropChunks(before time: Int64) {
        let kept = sealed.firstIndex { $0.last.milliseconds >= time } ?? sealed.endIndex
        if kept > 0 { sealed.removeFirst(kept) }
    }

    /// Frees what the series held; its references no longer hold.
    mutating func clear() {
        let next = generation &+ 1
        self = HeadSeries(labels: Labels())
        generation = next
    }

    mutating func reuse(for labels: Labels) { self.labels = labels }

    var bounds: ClosedRange<Timestamp>? {
        let first = sealed.first?.first ?? Timestamp(milliseconds: open.first)
        let last = open.count > 0 ? Timestamp(milliseconds: open.last) : sealed.last?.last
        guard !isEmpty, let last, first <= last else { return nil }
        return first...last
    }
}
