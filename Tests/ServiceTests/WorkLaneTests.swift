import Dispatch
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite("A lane of work", .timeLimit(.minutes(1)))
struct WorkLaneTests {
    @Test("does so many jobs at once, lets so many wait in order, and refuses the rest")
    func bounds() async throws {
        try await blocking {
            let lane = WorkLane(width: 2, depth: 3)
            let (gate, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let finished = Mutex<[Int]>([])
            for _ in 0..<2 {
                #expect(
                    lane.submit {
                        gate.wait()
                        done.signal()
                    })
            }
            for number in 0..<3 {
                #expect(
                    lane.submit {
                        finished.withLock { $0.append(number) }
                        done.signal()
                    })
            }
            #expect(!lane.submit {})
            // One of the two threads goes on and does what waits, in its order.
            gate.signal()
            for _ in 0..<4 { #expect(done.wait(timeout: .now() + 10) == .success) }
            #expect(finished.withLock(\.self) == [0, 1, 2])
            gate.signal()
            #expect(done.wait(timeout: .now() + 10) == .success)
        }
    }

    @Test("does its work at a lower priority, and leaves that of its starter as it was")
    func priority() async throws {
        try await blocking {
            let before = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
            let found = Mutex<Int32>(0)
            let done = DispatchSemaphore(value: 0)
            let lane = WorkLane(width: 1, depth: 1)
            #expect(
                lane.submit {
                    found.withLock {
                        $0 = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
                    }
                    done.signal()
                })
            #expect(done.wait(timeout: .now() + 10) == .success)
            #expect(found.withLock(\.self) == min(19, before + WorkLane.niceness))
            #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == before)
        }
    }
}
