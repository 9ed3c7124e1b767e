import CSystem
import Glibc

/// The three pipes of a child: what we hold of them, and what they hand to the child.
@IO
final class ChildPipes {
    /// One stream of the child's, gathered as it comes.
    struct Gathered {
        var bytes: [UInt8] = []
        var isTruncated = false
    }

    private(set) var output = Gathered()
    private(set) var error = Gathered()
    private(set) var childEnds: (input: Int32, output: Int32, error: Int32)
    private var input: Int32
    private var outputEnd: Int32
    private var errorEnd: Int32
    private var rest: ArraySlice<UInt8>
    private let limit: Int

    init(input bytes: [UInt8], outputLimit: Int) throws(ReactorFailure) {
        var all: [Int32] = []
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            guard dw_pipe(&ends) == 0 else {
                let number = errno
                all.forEach { Glibc.close($0) }
                throw .system(call: "pipe", errno: number)
            }
            all += ends
        }
        childEnds = (all[0], all[3], all[5])
        (input, outputEnd, errorEnd) = (all[1], all[2], all[4])
        rest = bytes[...]
        limit = outputLimit
        setBlocking(childEnds.input)
        dw_set_nonblocking(input)
    }

    func closeChildEnds() {
        for end in [childEnds.input, childEnds.output, childEnds.error] { Glibc.close(end) }
        childEnds = (-1, -1, -1)
    }

    /// Feeds and gathers from here on, whenever the child does its part.
    func watch() {
        IO.loop.watch(outputEnd, DW_READABLE) { [weak self] _ in self?.readOutput() }
        IO.loop.watch(errorEnd, DW_READABLE) { [weak self] _ in self?.readError() }
        IO.loop.watch(input, DW_WRITABLE) { [weak self] _ in self?.feed() }
    }

    /// Takes what the child wrote before its end: no more than a pipe holds, as a process that left
    /// the group may go on writing.
    func drain() {
        for _ in 0..<64 where outputEnd >= 0 { if !readOutput() { break } }
        for _ in 0..<64 where errorEnd >= 0 { if !readError() { break } }
    }

    func close() {
        if childEnds.input >= 0 { closeChildEnds() }
        for end in [input, outputEnd, errorEnd] { end >= 0 ? drop(end) : () }
        (input, outputEnd, errorEnd) = (-1, -1, -1)
    }

    @discardableResult
    private func readOutput() -> Bool { gather(&outputEnd, into: &output) }

    @discardableResult
    private func readError() -> Bool { gather(&errorEnd, into: &error) }

    /// Reads once; false when nothing is there, or nothing more will come.
    private func gather(_ end: inout Int32, into gathered: inout Gathered) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = read(end, &buffer, buffer.count)
        if count > 0 {
            let room = limit - gathered.bytes.count
            gathered.bytes += buffer[..<min(count, room)]
            gathered.isTruncated = gathered.isTruncated || count > room
            return true
        }
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        drop(end)
        end = -1
        return false
    }

    private func feed() {
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN { return }
            // A child that does not read its input is no failure.
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        drop(input)
        input = -1
    }

    private func drop(_ end: Int32) {
        IO.loop.unwatch(end)
        Glibc.close(end)
    }
}

/// A child may not expect an input that does not block.
private func setBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
}
