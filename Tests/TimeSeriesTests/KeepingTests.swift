import TestSupport
import Testing

@testable import TimeSeries

@Suite("what a head offers a history")
struct KeepingTests {
    let head = Head(span: .seconds(600))
    let up = Labels(name: "up")

    private func fill(_ seconds: Range<Int>) {
        for second in seconds { head.append(up, Sample(start + .seconds(second), Double(second))) }
    }

    private func unsaved() -> [Sample] {
        var all: [Sample] = []
        head.forEachUnsaved { all += $0.map(\.sample) }
        return all
    }

    private func mark(_ second: Int, isStored: Bool = false) throws {
        let reference = try #require(head.reference(for: up))
        let mark = KeptMark(reference, id: 7, through: start + .seconds(second))
        if isStored { head.markStored([mark]) } else { head.markSaved([mark]) }
    }

    @Test(
        "is every sample after the mark, once, in order", arguments: [0, 1, 2, 119, 120, 121, 400])
    func pending(count: Int) throws {
        fill(0..<300)
        try mark(299)
        fill(300..<(300 + count))
        #expect(unsaved().map(\.value) == (300..<(300 + count)).map(Double.init))
        try mark(299 + count)
        #expect(unsaved().isEmpty)
    }

    @Test("is offered again when it could not be taken, and all of it to a new history")
    func again() throws {
        fill(0..<200)
        #expect(unsaved().count == 200)
        #expect(unsaved().count == 200)
        try mark(199, isStored: true)
        #expect(unsaved().isEmpty)
        head.forgetMarks()
        #expect(unsaved().count == 200)
    }

    @Test("stays for another span until it is stored")
    func patience() throws {
        head.keep(true)
        fill(0..<1000)
        head.truncate(before: start + .seconds(400))
        #expect(head.bounds?.lowerBound == start)
        #expect(head.removedThrough == .distantPast)
        try mark(999, isStored: true)
        head.truncate(before: start + .seconds(400))
        #expect(head.bounds?.lowerBound == start + .seconds(360))
        #expect(head.removedThrough == start + .seconds(359))
        fill(1000..<5000)
        #expect(head.bounds.map { $0.lowerBound > start + .seconds(3500) } == true)
    }

    @Test("comes back into an empty series alone, and nothing older after it")
    func restore() throws {
        let chunk = try #require(
            Chunk(Samples([Sample(start, 1), Sample(start + .seconds(5), 2)])))
        #expect(head.restore(up, id: 3, [chunk]) == .restored)
        #expect(head.restore(up, id: 3, [chunk]) == .known)
        #expect(unsaved().isEmpty)
        #expect(head.append(up, Sample(start + .seconds(4), 1)) == .outOfOrder)
        #expect(head.append(up, Sample(start + .seconds(6), 3)) == .appended)
        #expect(unsaved().map(\.value) == [3])
        head.keep(true)
        head.noteRemoved(through: start, barred: start)
        #expect(head.append(Labels(name: "new"), Sample(start - .seconds(1), 1)) == .outOfOrder)
    }

    @Test("chunks that overlap give each sample once")
    func overlap() throws {
        func chunk(_ seconds: Range<Int>) throws -> Chunk {
            try #require(Chunk(Samples(seconds.map { Sample(start + .seconds($0), Double($0)) })))
        }
        let series = Series(
            labels: up, chunks: [try chunk(0..<10), try chunk(4..<8), try chunk(6..<20)],
            from: start + .seconds(2), through: start + .seconds(15))
        #expect(try series.samples().values == (2...15).map(Double.init))
    }
}
