/// What the head's lock guards.
struct HeadState: Sendable {
    private let spanMilliseconds: Int64
    private let seriesLimit: Int
    /// A history takes what the head holds: only what it has stored may go.
    var isKept = false
    /// The newest sample of all that were removed, milliseconds.
    var removedThrough = Int64.min
    /// While there is a history, new series take no sample up to here: it may be stored already.
    var barredThrough = Int64.min

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
                append(sample, to: Int(slot))
            } ?? .seriesLimit
        counts.count(result)
        return result
    }

    mutating func append(_ reference: SeriesReference, _ sample: Sample) -> AppendResult {
        let slot = Int(reference.slot)
        let result: AppendResult
        if slot < slots.count, slots[slot].generation == reference.generation {
            result = append(sample, to: slot)
        } else {
            result = .unknownSeries
        }
        counts.count(result)
        return result
    }

    private mutating func append(_ sample: Sample, to slot: Int) -> AppendResult {
        slots[slot].append(
            sample, span: spanMilliseconds, isKept: isKept, removed: &removedThrough)
    }

    mutating func reference(for labels: Labels) -> SeriesReference? {
        slot(for: labels).map { slot in
            SeriesReference(slot: slot, generation: slots[Int(slot)].generation)
        }
    }

    private mutating func slot(for labels: Labels) -> Int32? {
        if let known = index[labels] { return known }
        guard index.count < seriesLimit else { return nil }
        let newest = isKept && barredThrough > .min ? barredThrough : nil
        let slot: Int32
        if let reused = free.popLast() {
            slot = reused
            slots[Int(slot)].reuse(for: labels, newest: newest)
        } else {
            slot = Int32(slots.count)
            slots.append(HeadSeries(labels: labels, newest: newest))
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
            slots[Int(slot)].truncate(
                before: time, span: spanMilliseconds, isKept: isKept, removed: &removedThrough)
            guard slots[Int(slot)].isEmpty else { continue }
            barredThrough = max(barredThrough, slots[Int(slot)].newest ?? .min)
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

// MARK: - What a history takes

extension HeadState {
    /// Slots in use and free ones.
    var slotCount: Int { slots.count }

    /// Changes nothing: series that are visited in place are not copied.
    mutating func unsaved(in range: Range<Int>) -> [UnsavedSample] {
        var found: [UnsavedSample] = []
        found.reserveCapacity(range.count)
        for slot in range { slots[slot].visitUnsaved(slot: slot, into: &found) }
        return found
    }

    mutating func unstored(in range: Range<Int>) -> [UnstoredSeries] {
        range.compactMap { slots[$0].unstored(slot: $0) }
    }

    mutating func mark(_ mark: KeptMark, isStored: Bool) {
        let slot = Int(mark.reference.slot)
        guard slots[slot].generation == mark.reference.generation else { return }
        slots[slot].mark(mark, isStored: isStored)
    }

    mutating func forgetMarks() {
        for slot in slots.indices { slots[slot].forgetMarks() }
    }

    mutating func restore(_ labels: Labels, id: Int64, _ chunks: [Chunk]) -> RestoreResult {
        guard let slot = slot(for: labels) else { return .full }
        return slots[Int(slot)].restore(id: id, chunks) ? .restored : .known
    }
}
