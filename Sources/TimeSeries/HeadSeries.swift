/// One series in the head.
struct HeadSeries: Sendable {
    private(set) var labels: Labels
    private(set) var generation: UInt32 = 0
    private var sealed: [Chunk] = []
    private var open = ChunkBuilder()
    /// The newest sample, milliseconds; also after truncation. Nothing earlier is taken.
    private(set) var newest: Int64?
    private var marks = KeptMarks()

    init(labels: Labels, newest: Int64? = nil) {
        self.labels = labels
        self.newest = newest
    }

    var isEmpty: Bool { sealed.isEmpty && open.count == 0 }

    /// - Parameter removed: raised to the newest sample that had to make room.
    mutating func append(
        _ sample: Sample, span: Int64, isKept: Bool, removed: inout Int64
    ) -> AppendResult {
        let time = sample.time.milliseconds
        if let newest, time <= newest { return time == newest ? .duplicate : .outOfOrder }
        if open.count >= Chunk.capacity {
            sealed.append(open.sealed)
            open = ChunkBuilder()
            let (oldest, overflow) = time.subtractingReportingOverflow(span)
            if !overflow {
                dropChunks(before: isKept ? droppable(oldest, span: span) : oldest, &removed)
            }
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

    mutating func truncate(
        before time: Timestamp, span: Int64, isKept: Bool, removed: inout Int64
    ) {
        let time = isKept ? droppable(time.milliseconds, span: span) : time.milliseconds
        dropChunks(before: time, &removed)
        if open.count > 0, open.last < time {
            removed = max(removed, open.last)
            open = ChunkBuilder()
        }
    }

    /// What is not stored stays for another span.
    private func droppable(_ time: Int64, span: Int64) -> Int64 {
        let (patience, overflow) = time.subtractingReportingOverflow(span)
        let stored = marks.stored == .max ? .max : marks.stored + 1
        return min(time, max(stored, overflow ? .min : patience))
    }

    private mutating func dropChunks(before time: Int64, _ removed: inout Int64) {
        let kept = sealed.firstIndex { $0.last.milliseconds >= time } ?? sealed.endIndex
        guard kept > 0 else { return }
        removed = max(removed, sealed[kept - 1].last.milliseconds)
        sealed.removeFirst(kept)
    }

    /// Frees what the series held; its references no longer hold.
    mutating func clear() {
        let next = generation &+ 1
        self = HeadSeries(labels: Labels())
        generation = next
    }

    mutating func reuse(for labels: Labels, newest: Int64?) {
        self.labels = labels
        self.newest = newest
    }

    var bounds: ClosedRange<Timestamp>? {
        let first = sealed.first?.first ?? Timestamp(milliseconds: open.first)
        let last = open.count > 0 ? Timestamp(milliseconds: open.last) : sealed.last?.last
        guard !isEmpty, let last, first <= last else { return nil }
        return first...last
    }
}

// MARK: - What a history takes

extension HeadSeries {
    /// Appends the samples after the mark. Mostly that is the newest alone, which needs no decoding.
    mutating func visitUnsaved(slot: Int, into found: inout [UnsavedSample]) {
        guard let newest, newest > marks.saved, !isEmpty else { return }
        let reference = SeriesReference(slot: Int32(slot), generation: generation)
        let labels = marks.id == 0 ? labels : nil
        if let only = onlySample(after: marks.saved) {
            found.append(
                UnsavedSample(reference: reference, id: marks.id, labels: labels, sample: only))
            return
        }
        let samples = try? selection(from: Self.after(marks.saved), through: .distantFuture)?
            .samples()
        for sample in samples ?? Samples() {
            found.append(
                UnsavedSample(reference: reference, id: marks.id, labels: labels, sample: sample))
        }
    }

    /// The newest sample, when the one before it is not after `time`.
    private func onlySample(after time: Int64) -> Sample? {
        guard let newest = open.newest else { return nil }
        let previous = open.previousTime ?? sealed.last?.last.milliseconds ?? .min
        return previous <= time ? newest : nil
    }

    func unstored(slot: Int) -> UnstoredSeries? {
        guard let newest, newest > marks.stored,
            let series = selection(from: Self.after(marks.stored), through: .distantFuture)
        else { return nil }
        let reference = SeriesReference(slot: Int32(slot), generation: generation)
        return UnstoredSeries(reference: reference, id: marks.id, series: series)
    }

    private static func after(_ time: Int64) -> Timestamp {
        Timestamp(milliseconds: time == .min ? .min : time + 1)
    }

    mutating func mark(_ mark: KeptMark, isStored: Bool) {
        let time = mark.time.milliseconds
        marks.id = mark.id
        marks.saved = max(marks.saved, time)
        if isStored { marks.stored = max(marks.stored, time) }
    }

    mutating func forgetMarks() { marks = KeptMarks() }

    mutating func restore(id: Int64, _ chunks: [Chunk]) -> Bool {
        guard isEmpty, let last = chunks.last?.last.milliseconds else { return false }
        sealed = chunks
        newest = max(newest ?? last, last)
        marks = KeptMarks(id: id, restored: last)
        return true
    }
}
