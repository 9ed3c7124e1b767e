import CSystem
import Glibc
import Reactor
import Testing

/// Two ends of a pipe, closed when the value goes.
final class Pipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() {
        let ends = pipeEnds()
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    func send(_ text: String) { _ = write(writing, text, text.utf8.count) }
}

@Suite(.timeLimit(.minutes(1)))
struct ReactorTests {
    @Test("a wait ends when the descriptor becomes readable")
    func becomesReadable() async throws {
        let pipe = Pipe()
        async let wait: Void = readable(pipe.reading, by: .after(.seconds(20)))
        pipe.send("x")
        try await wait
    }

    @Test("a wait ends at its deadline, and not much later")
    func deadline() async {
        let pipe = Pipe()
        let began = ContinuousClock.now
        await #expect(throws: ReactorFailure.timedOut) {
            try await readable(pipe.reading, by: .after(.milliseconds(50)))
        }
        let took = ContinuousClock.now - began
        #expect(took >= .milliseconds(50))
        #expect(took < .seconds(25))
    }

    @Test("a deadline that has passed ends the wait at once, though the descriptor is ready")
    func passedDeadline() async {
        let pipe = Pipe()
        await #expect(throws: ReactorFailure.timedOut) {
            try await writable(pipe.writing, by: .now)
        }
    }

    @Test("cancelling a task ends its wait", arguments: [true, false])
    func cancellation(isEarly: Bool) async {
        let pipe = Pipe()
        let task = Task {
            if isEarly { withUnsafeCurrentTask { $0?.cancel() } }
            try await readable(pipe.reading, by: .after(.seconds(30)))
        }
        if !isEarly {
            try? await sleep(until: .after(.milliseconds(5)))
            task.cancel()
        }
        await #expect(throws: ReactorFailure.cancelled) { try await task.value }
    }

    @Test("the other end's closing ends a wait")
    func hangUp() async throws {
        let ends = pipeEnds()
        defer { close(ends[0]) }
        async let wait: Void = readable(ends[0], by: .after(.seconds(20)))
        close(ends[1])
        try await wait
    }

    @Test("a closed descriptor is a failure that names the call")
    func closedDescriptor() async {
        await #expect(throws: ReactorFailure.system(call: "epoll_ctl", errno: EBADF)) {
            try await readable(9999, by: .after(.seconds(20)))
        }
    }

    @Test("a regular file is always ready")
    func regularFile() async throws {
        let file = open("/etc/passwd", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        try await readable(file, by: .after(.seconds(20)))
    }

    @Test("a reader and a writer wait for one descriptor side by side")
    func twoWaits() async throws {
        let ends = socketEnds()
        defer { ends.forEach { close($0) } }
        async let reading: Void = readable(ends[0], by: .after(.seconds(20)))
        try await writable(ends[0], by: .after(.seconds(20)))
        _ = write(ends[1], "x", 1)
        try await reading
    }

    @Test("a number that is used again has nothing to do with its earlier wait")
    func reusedDescriptor() async throws {
        for _ in 0..<50 {
            let pipe = Pipe()
            pipe.send("x")
            try await readable(pipe.reading, by: .after(.seconds(20)))
            await #expect(throws: ReactorFailure.timedOut) {
                try await readable(pipe.writing, by: .after(.milliseconds(1)))
            }
        }
    }

    @Test("sleeps end in the order of their deadlines")
    func sleepOrder() async throws {
        let delays = [40, 5, 25, 15, 35, 10, 30, 20]
        let order = try await withThrowingTaskGroup(of: Int.self) { group in
            let began = ContinuousClock.now
            for delay in delays {
                group.addTask {
                    try await sleep(until: began + .milliseconds(delay * 4))
                    return delay
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(order == delays.sorted())
    }

    @Test("code of the actor runs on its thread, and blocking calls do not")
    func isolation() async {
        let name = await IOThread.name()
        #expect(name == "dogwatch-io")
        let other = await offLoop { IOThread.currentName() }
        #expect(other != "dogwatch-io")
    }

    @Test("a thousand waits that are cancelled leave the loop usable")
    func manyCancellations() async throws {
        let pipe = Pipe()
        let tasks = (0..<1000).map { _ in
            Task { try await readable(pipe.reading, by: .after(.seconds(30))) }
        }
        for task in tasks { task.cancel() }
        for task in tasks {
            await #expect(throws: ReactorFailure.cancelled) { try await task.value }
        }
        pipe.send("x")
        try await readable(pipe.reading, by: .after(.seconds(20)))
    }
}

func pipeEnds() -> [Int32] {
    var ends: [Int32] = [-1, -1]
    dw_pipe(&ends)
    return ends
}

func socketEnds() -> [Int32] {
    var ends: [Int32] = [-1, -1]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
    return ends
}

enum IOThread {
    @IO static func name() -> String { currentName() }

    static func currentName() -> String {
        var name = [CChar](repeating: 0, count: 16)
        dw_thread_name(&name)
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
