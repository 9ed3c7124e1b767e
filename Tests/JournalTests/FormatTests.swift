import TestSupport
import Testing
import TimeSeries

@testable import Journal

@Suite("the format of a history")
struct FormatTests {
    private static let nextStep = "ALTER TABLE block ADD COLUMN note TEXT"

    @Test("an older file is brought to the next version with all that it holds")
    func migration() throws {
        let plant = try Plant()
        plant.run(.seconds(2 * 3600))
        plant.keeper.close()
        let database = try Database(path: plant.path)
        let next = Schema.history.migrations + [Self.nextStep]
        try Schema(applicationID: Schema.history.applicationID, migrations: next).prepare(database)
        #expect(try database.integer("PRAGMA user_version") == 2)
        #expect(try database.integer("PRAGMA page_size") == 16_384)
        #expect(try database.integer("SELECT count(note) FROM block") == 0)
        let bytes = try database.integer("SELECT sum(count) FROM chunk")
        #expect(bytes == Int64(plant.taken.sampleCount) - (try recentCount(database)))
    }

    private func recentCount(_ database: Database) throws -> Int64 {
        let recent = try RecentSamples(database)
        return Int64(recent.ids.reduce(0) { $0 + (recent[$1]?.count ?? 0) })
    }

    @Test("a step that fails leaves the file as it was")
    func halfMigration() throws {
        let plant = try Plant()
        plant.run(.seconds(600))
        plant.keeper.close()
        let database = try Database(path: plant.path)
        let bad = Schema.history.migrations + [Self.nextStep + "; ALTER TABLE nothing ADD COLUMN x"]
        #expect(throws: DatabaseFailure.self) {
            try Schema(applicationID: Schema.history.applicationID, migrations: bad).prepare(
                database)
        }
        #expect(try database.integer("PRAGMA user_version") == 1)
        #expect(throws: DatabaseFailure.self) {
            try database.integer("SELECT count(note) FROM block")
        }
        #expect(same(try contents(of: HistoryReader(path: plant.path)), plant.taken))
    }

    @Test("a newer file is not touched; samples stay in memory, and that is said")
    func newer() throws {
        let folder = try TemporaryFolder("history")
        let path = folder.path("history.db")
        var database: Database? = try Database(path: path)
        let many = Schema.history.migrations + [Self.nextStep]
        try Schema(applicationID: Schema.history.applicationID, migrations: many).prepare(
            try #require(database))
        database = nil
        let before = bytes(of: path)
        let head = Head()
        let keeper = HistoryKeeper(path: path, head: head, at: start)
        head.append(Labels(name: "up"), Sample(start, 1))
        keeper.save(at: start, retention: Plant.day, sizeBytes: 1 << 30)
        #expect(keeper.notices.count == 1)
        #expect(keeper.notices[0].contains("format 2"))
        #expect(bytes(of: path) == before)
        #expect(try contents(of: keeper.store).sampleCount == 1)
        #expect(throws: DatabaseFailure.self) { try HistoryReader(path: path) }
    }

    @Test("what is older than its retention goes, block by block")
    func age() throws {
        let plant = try Plant()
        plant.retention = .seconds(6 * 3600)
        plant.run(.seconds(12 * 3600), step: .seconds(120))
        let oldest = try #require(
            try plant.keeper.store.earliest([], from: .distantPast, through: plant.now))
        let age = plant.now.duration(since: oldest)
        #expect(age > plant.retention && age < plant.retention + .seconds(3600))
        let rest = try contents(of: plant.keeper.store, from: plant.now - plant.retention)
        #expect(same(rest, plant.taken.within(plant.now - plant.retention, .distantFuture)))
        let pods = try plant.keeper.store.labelValues(
            "pod", [], from: .distantPast, through: plant.now)
        #expect(!pods.contains("pod-0") && pods.contains("pod-7"))
    }

    @Test("what is beyond the size goes, the oldest first, and the file stays small")
    func size() throws {
        let plant = try Plant()
        plant.sizeBytes = 400_000
        plant.run(.seconds(24 * 3600), step: .seconds(60), series: 40)
        let file = bytes(of: plant.path).count
        #expect(file < 700_000, "\(file) bytes")
        let oldest = try #require(
            try plant.keeper.store.earliest([], from: .distantPast, through: plant.now))
        #expect(oldest > start + .seconds(3600))
        let rest = try contents(of: plant.keeper.store, from: oldest + .seconds(1900))
        #expect(same(rest, plant.taken.within(oldest + .seconds(1900), .distantFuture)))
        plant.sizeBytes = 250_000
        plant.run(.seconds(2 * 3600), step: .seconds(60), series: 40)
        #expect(bytes(of: plant.path).count < file, "the file did not shrink")
    }
}
