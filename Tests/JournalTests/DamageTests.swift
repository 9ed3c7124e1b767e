import Glibc
import TestSupport
import Testing
import TimeSeries

@testable import Journal

@Suite("a damaged history")
struct DamageTests {
    /// A history of five hours, and the bytes of its files.
    private static func sample() throws -> (plant: Plant, file: [UInt8], log: [UInt8]) {
        let plant = try Plant(seed: 7)
        plant.run(.seconds(5 * 3600), step: .seconds(300))
        return (plant, bytes(of: plant.path), bytes(of: plant.path + "-wal"))
    }

    /// Opens damaged files as their owner would, and reads all: nothing but what was written may
    /// come back, and the watch goes on.
    private func check(
        _ file: [UInt8], _ log: [UInt8], of plant: Plant, _ what: String
    ) throws {
        let folder = try TemporaryFolder("history")
        let path = folder.path("history.db")
        try write(file, to: path)
        try write(log, to: path + "-wal")
        let head = Head(span: .seconds(1800))
        let keeper = HistoryKeeper(path: path, head: head, at: plant.now)
        let found = try? contents(of: keeper.store)
        #expect((found ?? [:]).isPart(of: plant.taken), "\(what)")
        let later = plant.now + .seconds(60)
        #expect(head.append(Labels(name: "after"), Sample(later, 1)) == .appended)
        keeper.save(at: later, retention: Plant.day, sizeBytes: 1 << 30)
        let after = try contents(of: keeper.store, [Matcher(Labels.metricName, equals: "after")])
        #expect(after.sampleCount == 1, "\(what)")
        if found == nil { #expect(!keeper.notices.isEmpty, "\(what)") }
    }

    @Test("a file that was cut at any place opens, or is set aside")
    func truncation() throws {
        let (plant, file, log) = try Self.sample()
        var random = SeededGenerator(seed: 1)
        for _ in 0..<40 {
            let length = Int.random(in: 0..<file.count, using: &random)
            try check(Array(file.prefix(length)), [], of: plant, "cut at \(length)")
            let logLength = Int.random(in: 0...log.count, using: &random)
            try check(file, Array(log.prefix(logLength)), of: plant, "log cut at \(logLength)")
        }
    }

    @Test("bytes that changed never become a number", arguments: 0..<20 as Range<UInt64>)
    func flips(seed: UInt64) throws {
        let (plant, file, log) = try Self.sample()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<6 {
            var (file, log) = (file, log)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                file[Int.random(in: 0..<file.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
            if !log.isEmpty, Bool.random(using: &random) {
                log[Int.random(in: 0..<log.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            try check(file, log, of: plant, "seed \(seed)")
        }
    }

    @Test(
        "what is no history is set aside under its name and the time",
        arguments: ["text", "database"])
    func foreign(kind: String) throws {
        let folder = try TemporaryFolder("history")
        let path = folder.path("history.db")
        if kind == "text" {
            try folder.write(String(repeating: "no database\n", count: 1000), to: "history.db")
        } else {
            try Database(path: path).run("CREATE TABLE other (a); PRAGMA user_version = 1")
        }
        let head = Head()
        let keeper = HistoryKeeper(path: path, head: head, at: start)
        head.append(Labels(name: "up"), Sample(start, 1))
        keeper.save(at: start, retention: Plant.day, sizeBytes: 1 << 30)
        let aside = "history.db.damaged-20260102T030405Z"
        #expect(names(in: folder.path).contains(aside))
        #expect(keeper.notices.count == 1)
        #expect(keeper.notices[0].contains(aside) && keeper.notices[0].contains(path))
        #expect(try contents(of: HistoryReader(path: path)).sampleCount == 1)
    }

    @Test(
        "a folder in its place is set aside; one that cannot be is left, and samples stay in memory"
    )
    func folder() throws {
        let folder = try TemporaryFolder("history")
        try folder.makeFolder("history.db")
        let head = Head()
        let keeper = HistoryKeeper(path: folder.path("history.db"), head: head, at: start)
        #expect(keeper.notices.first?.contains("set aside") == true)
        let nowhere = HistoryKeeper(path: folder.path("none/history.db"), head: Head(), at: start)
        nowhere.save(at: start, retention: Plant.day, sizeBytes: 1 << 30)
        #expect(nowhere.notices.first?.contains("not written") == true)
        try folder.makeFolder("none")
        nowhere.save(at: start, retention: Plant.day, sizeBytes: 1 << 30)
        #expect(nowhere.notices == [])
    }

    @Test(
        "damage that is found while reading begins a new file, which gets all that the head holds")
    func later() throws {
        let plant = try Plant()
        plant.run(.seconds(5 * 3600))
        try Database(path: plant.path).run("PRAGMA wal_checkpoint(TRUNCATE)")
        let size = bytes(of: plant.path).count
        let page = 16_384
        let file = open(plant.path, O_WRONLY)
        let junk = [UInt8](repeating: 0xa5, count: size - page)
        #expect(pwrite(file, junk, junk.count, page) == junk.count)
        close(file)
        // With a commit the reader no longer trusts the pages that it has seen. Either finds it.
        plant.run(.seconds(60))
        _ = try? contents(of: plant.keeper.store)
        plant.run(.seconds(60))
        #expect(plant.keeper.notices.first?.contains("damaged-") == true)
        let recent = plant.now - .seconds(1800)
        let kept = try contents(of: HistoryReader(path: plant.path), from: recent)
        #expect(same(kept, plant.taken.within(recent, .distantFuture)))
        #expect(try contents(of: plant.keeper.store).isPart(of: plant.taken))
    }

    @Test("a chunk whose checksum does not fit is left out and said")
    func chunk() throws {
        let plant = try Plant()
        plant.run(.seconds(5 * 3600))
        let other = try Database(path: plant.path)
        try other.run("UPDATE chunk SET bytes = zeroblob(length(bytes)) WHERE id >> 32 = 2")
        let found = try contents(of: plant.keeper.store)
        #expect(found.isPart(of: plant.taken))
        #expect(found.sampleCount < plant.taken.sampleCount)
        #expect(plant.keeper.notices.first?.contains("damaged rows") == true)
    }

    @Test("a file that was removed or replaced while in use is not written into the void")
    func removed() throws {
        let plant = try Plant()
        plant.run(.seconds(600))
        for suffix in ["", "-wal", "-shm"] { unlink(plant.path + suffix) }
        plant.step()
        plant.save()
        #expect(plant.keeper.notices.first?.contains("removed or replaced") == true)
        #expect(same(try contents(of: HistoryReader(path: plant.path)), plant.taken))
    }

    @Test("a disk that is full keeps samples in memory, and is written to when there is room")
    func full() throws {
        let plant = try Plant()
        plant.run(.seconds(3600), step: .seconds(10), series: 80)
        plant.keeper.pageLimit = 1
        plant.run(.seconds(3000), step: .seconds(10), series: 80)
        #expect(plant.keeper.notices.first?.contains("no room") == true)
        #expect(same(try contents(of: plant.keeper.store), plant.taken), "samples were lost")
        plant.keeper.pageLimit = .max
        plant.run(.seconds(60))
        #expect(plant.keeper.notices == [])
        #expect(same(try contents(of: plant.keeper.store), plant.taken))
        plant.restart(isCrash: true)
        #expect(same(try contents(of: plant.keeper.store), plant.taken))
    }

    @Test("a file that another process holds keeps samples in memory until it lets go")
    func busy() throws {
        let plant = try Plant()
        plant.run(.seconds(600))
        let other = try Database(path: plant.path)
        try other.run("BEGIN IMMEDIATE")
        plant.run(.seconds(60))
        #expect(plant.keeper.notices.first?.contains("another process") == true)
        #expect(same(try contents(of: plant.keeper.store), plant.taken))
        try other.run("ROLLBACK")
        plant.run(.seconds(60))
        #expect(plant.keeper.notices == [])
        #expect(same(try contents(of: HistoryReader(path: plant.path)), plant.taken))
    }

    @Test("a disk that is never to be trusted is left alone after some files")
    func givingUp() throws {
        let plant = try Plant()
        for _ in 0...HistoryKeeper.mostSetAside {
            plant.run(.seconds(60))
            let file = open(plant.path, O_WRONLY | O_TRUNC)
            close(file)
            plant.run(.seconds(60))
        }
        #expect(names(in: plant.folder.path).filter { $0.contains("damaged") }.count <= 12)
        #expect(same(try contents(of: plant.keeper.store), plant.taken))
    }
}
