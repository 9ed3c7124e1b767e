import Glibc
import TestSupport
import Testing
import TimeSeries

@testable import Journal

@Suite("a history whose process is killed")
struct KillTests {
    @Test("keeps every round that was said to be safe, and all of it")
    func kill() throws {
        let folder = try TemporaryFolder("history")
        let path = folder.path("history.db")
        var random = SeededGenerator(seed: 11)
        for run in 0..<5 {
            let log = folder.path("log-\(run)")
            // Past half an hour of rounds a block is made now and then.
            let rounds = Int.random(in: 20...500, using: &random)
            let writer = try ServerProcess([builtProgram("HistoryWriter"), path], log: log) {
                textOfFile(log).utf8.count { $0 == UInt8(ascii: "\n") } >= rounds
            }
            writer.stop(signal: SIGKILL)
            let lines = textOfFile(log).split(separator: "\n", omittingEmptySubsequences: false)
            let last = try #require(Int(lines.dropLast().last ?? ""), "\(lines.last ?? "")")
            let found = try contents(of: HistoryReader(path: path))
            #expect(found.count == 50)
            let values = try #require(found.values.first).values
            #expect(values.count > last && values == (0..<values.count).map(Double.init))
            #expect(found.values.allSatisfy { $0.values == values }, "a commit in parts")
        }
        #expect(names(in: folder.path).allSatisfy { !$0.contains("damaged") })
    }
}
