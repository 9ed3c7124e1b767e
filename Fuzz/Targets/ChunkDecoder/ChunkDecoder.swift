import CDriver
import Glibc
import TimeSeries

@main struct ChunkDecoder {
    static func main() { exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)) }
}

/// Any bytes are samples in order of time or an error. The first two bytes say how many there are
/// to be.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let all = UnsafeBufferPointer(start: bytes, count: count)
    guard all.count >= 2 else { return 0 }
    let wanted = Int(all[0]) << 8 | Int(all[1])
    let chunk = Chunk(
        bytes: Array(all.dropFirst(2)), count: wanted, first: .distantPast, last: .distantFuture)
    guard let samples = try? chunk.samples() else { return 0 }
    precondition(samples.count == wanted, "\(samples.count) samples, not \(wanted)")
    precondition(
        zip(samples.times, samples.times.dropFirst()).allSatisfy { $0 < $1 }, "out of order")
    return 0
}
