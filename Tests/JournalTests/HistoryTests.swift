import TestSupport
import Testing
import TimeSeries

@testable import Journal

@Suite("a history on disk")
struct HistoryTests {
    @Test("head and disk together hold every sample once", arguments: 0..<6 as Range<UInt64>)
    func union(seed: UInt64) throws {
        let plant = try Plant(seed: seed)
        var random = SeededGenerator(seed: seed)
        plant.run(.seconds(6 * 3600))
        plant.step()
        #expect(plant.keeper.notices == [])
        let all = try contents(of: plant.keeper.store)
        #expect(same(all, plant.taken), "seed \(seed)")
        #expect(plant.head.removedThrough > start, "the head never dropped anything")
        for _ in 0..<40 {
            let from = start + .seconds(Int.random(in: -100...25_000, using: &random))
            let through = from + .seconds(Int.random(in: 0...8000, using: &random))
            let part = try contents(of: plant.keeper.store, from: from, through: through)
            #expect(same(part, plant.taken.within(from, through)), "seed \(seed)")
        }
    }

    @Test("matchers select alike in head and disk, whichever index they use")
    func matchers() throws {
        let plant = try Plant()
        plant.run(.seconds(4 * 3600))
        let up = Matcher(Labels.metricName, equals: "up")
        let sets: [[Matcher]] = [
            [up], [Matcher("id", equals: "3")], [up, try Matcher("pod", .matches, "pod-[01]")],
            [try Matcher(Labels.metricName, .matches, "up|requests_total")],
            [try Matcher(Labels.metricName, .notEqual, "up")], [Matcher("näme", equals: "")],
            [up, Matcher(Labels.metricName, equals: "other")],
        ]
        for matchers in sets {
            let expected = plant.taken.filter { labels, _ in
                matchers.allSatisfy { $0.matches(labels) }
            }
            #expect(same(try contents(of: plant.keeper.store, matchers), expected), "\(matchers)")
        }
        #expect(
            try plant.keeper.store.labelNames([up], from: start, through: .distantFuture)
                == [Labels.metricName, "id", "näme", "pod"])
        #expect(
            try plant.keeper.store.labelValues(
                "pod", [], from: start, through: start + .seconds(3600)) == ["pod-0"])
    }

    @Test(
        "after a crash everything is there but what came after the last commit",
        arguments: 0..<8 as Range<UInt64>)
    func crash(seed: UInt64) throws {
        let plant = try Plant(seed: seed)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            plant.run(.seconds(Int.random(in: 60...6000, using: &random)))
            plant.step()
            let isCrash = Bool.random(using: &random)
            if isCrash {
                let copy = try plant.copy()
                let reader = try HistoryReader(path: copy.path)
                #expect(same(try contents(of: reader), plant.saved), "seed \(seed)")
            }
            plant.restart(isCrash: isCrash)
            let all = try contents(of: plant.keeper.store)
            #expect(same(all, plant.taken), "seed \(seed)")
        }
    }

    @Test("the newest part is back in the head, which then answers alone")
    func restart() throws {
        let plant = try Plant()
        plant.run(.seconds(4 * 3600))
        plant.head.describe(MetricMetadata(name: "up", type: .gauge, help: "1 while it answers"))
        plant.restart(isCrash: false)
        let recent = plant.now - .seconds(1700)
        #expect(plant.head.removedThrough < recent)
        #expect(
            same(
                try contents(of: plant.head, from: recent, through: plant.now),
                plant.taken.within(recent, plant.now)))
        #expect(plant.keeper.store.allMetadata.map(\.help) == ["1 while it answers"])
    }

    @Test("what is older than what is stored is refused after a restart as before")
    func order() throws {
        let plant = try Plant()
        plant.run(.seconds(4 * 3600), series: 3)
        let known = try #require(plant.head.labelSets([], from: start, through: plant.now).first)
        plant.restart(isCrash: true)
        #expect(plant.head.append(known, Sample(plant.now - .seconds(600), 1)) == .outOfOrder)
        let silent = try #require(
            plant.taken.keys.first {
                plant.head.select(Matcher.all(of: $0), from: start, through: plant.now).isEmpty
            })
        #expect(plant.head.append(silent, Sample(start + .seconds(7200), 1)) == .outOfOrder)
        #expect(plant.head.append(known, Sample(plant.now + .seconds(60), 1)) == .appended)
    }

    @Test("a head that is too small for the history leaves the rest on the disk, and says so")
    func seriesLimit() throws {
        let plant = try Plant()
        plant.run(.seconds(2 * 3600))
        plant.restart(isCrash: true, seriesLimit: 4)
        #expect(plant.head.seriesCount == 4)
        #expect(plant.head.append(Labels(name: "new"), Sample(plant.now, 1)) == .seriesLimit)
        #expect(plant.keeper.notices.first?.contains("series limit of 4 reached") == true)
        #expect(same(try contents(of: plant.keeper.store), plant.taken))
    }

    @Test(
        "a sample of a clock that ran ahead brings no old blocks back into memory, nor keeps them")
    func clockAhead() throws {
        let plant = try Plant()
        plant.append(Labels(name: "wrong"), Sample(start + Plant.day * 400, 1))
        plant.run(.seconds(6 * 3600))
        plant.restart(isCrash: false)
        let oldest = try #require(plant.head.bounds?.lowerBound)
        #expect(oldest > plant.now - .seconds(2 * 3600))
        #expect(same(try contents(of: plant.keeper.store), plant.taken))
        plant.retention = .seconds(3 * 3600)
        plant.run(.seconds(3600))
        let first = try plant.keeper.store.earliest([], from: start, through: plant.now)
        #expect(try #require(first) > plant.now - .seconds(4 * 3600))
    }

    @Test("samples of a clock that was a year ahead keep none of the right time from the head")
    func clockSetBack() throws {
        let plant = try Plant()
        plant.pass(Plant.day * 365)
        plant.run(.seconds(3600), series: 3)
        plant.pass(.zero - Plant.day * 365)
        plant.restart(isCrash: true)
        #expect(plant.head.bounds == nil)
        plant.run(.seconds(3600), series: 3)
        #expect(plant.head.counts.outOfOrder < plant.head.counts.appended / 10)
        plant.restart(isCrash: true)
        #expect(try #require(plant.head.bounds).upperBound > plant.now - .seconds(300))
        let part = try contents(of: plant.keeper.store, from: start, through: plant.now)
        #expect(same(part, plant.taken.within(start, plant.now)))
    }

    @Test("a file that can be opened only later is no matter of the series limit")
    func openedLater() throws {
        let plant = try Plant()
        plant.run(.seconds(3600))
        try plant.restart { path in
            let holder = try Database(path: path)
            try holder.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; DELETE FROM metadata")
            return holder
        }
        #expect(plant.keeper.notices.first?.contains("held by another process") == true)
        plant.step()
        plant.save()
        #expect(plant.keeper.notices == [])
        #expect(same(try contents(of: plant.keeper.store), plant.taken))
    }

    @Test("who asks what a reader has found does not wait for its query")
    func findings() throws {
        let plant = try Plant()
        plant.run(.seconds(600))
        let reader = try HistoryReader(path: plant.path)
        let rows = try reader.read { _ throws(DatabaseFailure) in
            reader.failure == nil ? reader.damagedRows : -1
        }
        #expect(rows == 0)
    }

    @Test("a reader beside the writer sees each commit whole")
    func beside() throws {
        let plant = try Plant()
        plant.run(.seconds(3600))
        let reader = try HistoryReader(path: plant.path)
        for _ in 0..<40 {
            plant.step()
            #expect(same(try contents(of: reader), plant.saved))
            plant.save()
            #expect(same(try contents(of: reader), plant.saved))
        }
    }

    @Test("the oldest sample is found without reading all")
    func earliest() throws {
        let plant = try Plant()
        plant.run(.seconds(5 * 3600))
        let up = Matcher(Labels.metricName, equals: "up")
        let store = plant.keeper.store
        let first = try store.earliest([up], from: start, through: plant.now)
        #expect(first == start + .seconds(60))
        let late = plant.now - .seconds(60)
        #expect(try store.earliest([up], from: late, through: plant.now) == late)
        #expect(
            try store.earliest([Matcher("id", equals: "99")], from: start, through: plant.now)
                == nil)
    }
}

extension Matcher {
    /// What only a series with these labels passes, of those in these tests.
    static func all(of labels: Labels) -> [Matcher] {
        labels.all.map { Matcher($0.name, equals: $0.value) }
    }
}
