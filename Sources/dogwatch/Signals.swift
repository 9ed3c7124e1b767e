import Dispatch

/// Signals as a stream, for commands without a terminal of their own.
///
/// Dispatch installs the handlers: nothing may ignore these signals by `signal(2)` afterwards.
final class Signals: Sendable {
    let stream: AsyncStream<Int32>
    // Only held; nothing is called on them after the start.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int32.self, bufferingPolicy: .bufferingNewest(8))
        self.stream = stream
        sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.activate()
            return source
        }
    }
}
