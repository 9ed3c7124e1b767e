import Glibc
import Records
import TestSupport
import Testing
import TimeSeries

@testable import Journal

@Suite("the pager's file")
struct PagerFileTests {
    private func file(_ folder: TemporaryFolder) -> PagerFile {
        PagerFile(path: folder.path("pager.db")) { Timestamp(milliseconds: 1_767_323_045_000) }
    }

    @Test("holds what a dictionary holds, over any number of openings")
    func dictionary() async throws {
        let folder = try TemporaryFolder("pager")
        var random = SeededGenerator(seed: 3)
        var model: [StateRecord.ID: StateRecord] = [:]
        var lines = 0
        var pager = file(folder)
        for _ in 0..<120 {
            var batch = RecordBatch()
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let kind = ["alert", "page"][Int.random(in: 0..<2, using: &random)]
                let id = StateRecord.ID(
                    kind: kind, key: "\(Int.random(in: 0..<20, using: &random))")
                batch.append(change(id, &random))
            }
            batch.lines = [line("\(lines)")]
            lines += 1
            try await pager.commit(batch)
            for put in batch.puts { model[put.id] = put }
            for id in batch.removals { model[id] = nil }
            if Int.random(in: 0..<10, using: &random) == 0 {
                await pager.close()
                pager = file(folder)
            }
        }
        let kept = try await pager.load()
        #expect(Set(kept.records) == Set(model.values) && kept.damage == nil)
        #expect(try await pager.lines(limit: 1000).count == lines)
        #expect(try await pager.firstBrokenLine() == nil)
    }

    private func change(_ id: StateRecord.ID, _ random: inout SeededGenerator) -> RecordBatch {
        guard Bool.random(using: &random) else { return RecordBatch(removals: [id]) }
        let body = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
            UInt8.random(in: 0...255)
        }
        return RecordBatch(puts: [StateRecord(kind: id.kind, key: id.key, body: body)])
    }

    private func line(_ text: String) -> HistoryLine {
        HistoryLine(
            at: Timestamp(milliseconds: 5), kind: "alert", subject: "s/\(text)",
            body: Array(text.utf8))
    }

    @Test("lines are found by the start of their subject, the newest first, and cannot be changed")
    func lines() async throws {
        let folder = try TemporaryFolder("pager")
        let pager = file(folder)
        try await pager.commit(RecordBatch(lines: (0..<20).map { line("\($0)") }))
        #expect(
            try await pager.lines(subject: "s/1", limit: 3).map(\.subject)
                == ["s/19", "s/18", "s/17"])
        await pager.close()
        let database = try Database(path: folder.path("pager.db"))
        #expect(throws: DatabaseFailure.self) {
            try database.run("UPDATE line SET body = x'00' WHERE id = 3")
        }
        try database.run("DELETE FROM line WHERE id = 7")
        #expect(try await file(folder).firstBrokenLine() == 7)
    }

    @Test("what was said to be on disk is there after any kill, and no batch is there in part")
    func kill() async throws {
        let folder = try TemporaryFolder("pager")
        var random = SeededGenerator(seed: 5)
        var before = 0
        for run in 0..<25 {
            let log = folder.path("log-\(run)")
            let rounds = Int.random(in: 1...40, using: &random)
            let writer = try ServerProcess(
                [builtProgram("PagerWriter"), folder.path("pager.db")], log: log
            ) {
                textOfFile(log).utf8.count { $0 == UInt8(ascii: "\n") } >= rounds
            }
            writer.stop(signal: SIGKILL)
            let said = textOfFile(log).split(separator: "\n", omittingEmptySubsequences: false)
            let last = try #require(Int(said.dropLast().last ?? ""))
            let pager = file(folder)
            let kept = try await pager.load()
            let values = Set(
                kept.records.compactMap { Int(String(decoding: $0.body, as: UTF8.self)) })
            #expect(kept.damage == nil && kept.records.count == 3 && values.count == 1)
            let found = try #require(values.first)
            #expect(found == last || found == last + 1)
            #expect(try await pager.lines(limit: 1_000_000).count == found && found > before)
            #expect(try await pager.firstBrokenLine() == nil)
            before = found
            await pager.close()
        }
    }

    @Test("a damaged file gives what was written or nothing, says so, and a new one goes on")
    func damage() async throws {
        let source = try TemporaryFolder("pager")
        let pager = file(source)
        let written = (0..<300).map { number in
            StateRecord(
                kind: "alert", key: "\(number)",
                body: Array(String(repeating: "\(number) ", count: 40).utf8))
        }
        try await pager.commit(RecordBatch(puts: written, lines: (0..<50).map { line("\($0)") }))
        await pager.close()
        let bytes = bytes(of: source.path("pager.db"))
        var random = SeededGenerator(seed: 9)
        for round in 0..<60 {
            let folder = try TemporaryFolder("pager")
            var damaged = bytes
            if round % 3 == 0 {
                damaged.removeLast(Int.random(in: 1..<damaged.count, using: &random))
            }
            for _ in 0..<Int.random(in: 1...200, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
            try write(damaged, to: folder.path("pager.db"))
            let pager = file(folder)
            let kept = try await pager.load()
            #expect(Set(kept.records).isSubset(of: written), "round \(round)")
            if kept.records.count < written.count { #expect(kept.damage != nil, "round \(round)") }
            try await pager.commit(
                RecordBatch(puts: [StateRecord(kind: "new", key: "1", body: [1])]))
            #expect(try await file(folder).load().records.contains { $0.kind == "new" })
        }
    }

    @Test("a file of a newer version and one of another program are not touched or are set aside")
    func others() async throws {
        let folder = try TemporaryFolder("pager")
        let pager = file(folder)
        try await pager.commit(RecordBatch(puts: [StateRecord(kind: "a", key: "b", body: [1])]))
        await pager.close()
        try Database(path: folder.path("pager.db")).run("PRAGMA user_version = 9")
        let failure = await #expect(throws: RecordFailure.self) { try await file(folder).load() }
        #expect(failure?.description.contains("a newer dogwatch wrote") == true)
        #expect(names(in: folder.path).allSatisfy { !$0.contains("damaged") })

        let other = try TemporaryFolder("pager")
        try write(Array("hello, this is no database at all".utf8), to: other.path("pager.db"))
        let kept = try await file(other).load()
        #expect(kept.damage?.contains("is kept as pager.db.damaged-") == true)
    }

    @Test("a full disk refuses a batch as a whole, and takes it once there is room")
    func fullDisk() async throws {
        let folder = try TemporaryFolder("pager")
        let mounted = folder.path("small")
        try run(["mkdir", mounted], in: folder)
        guard
            (try? run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mounted], in: folder))
                != nil
        else { return print("skipped: this user cannot mount a small disk") }
        defer { _ = try? run(["umount", mounted], in: folder) }
        let pager = PagerFile(path: "\(mounted)/pager.db") { Timestamp(milliseconds: 0) }
        try await pager.commit(RecordBatch(puts: [StateRecord(kind: "a", key: "1", body: [1])]))
        let large = RecordBatch(
            puts: [
                StateRecord(kind: "a", key: "1", body: [2]),
                StateRecord(kind: "a", key: "2", body: [UInt8](repeating: 7, count: 400_000)),
            ])
        let failure = await #expect(throws: RecordFailure.self) { try await pager.commit(large) }
        #expect(failure?.description.contains("no room") == true)
        #expect(try await pager.load().records.map(\.body) == [[1]])
        try await pager.commit(RecordBatch(puts: [StateRecord(kind: "a", key: "1", body: [3])]))
        #expect(try await pager.load().records.map(\.body) == [[3]])
        await pager.close()
    }
}
