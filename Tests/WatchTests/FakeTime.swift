import Synchronization
import TimeSeries

@testable import Watch

/// Clocks that tests set, still ones or those of the machine.
final class FakeTime: Sendable {
    private struct Offsets {
        var wall = Duration.zero
        var elapsed = Duration.zero
        var awake = Duration.zero
    }

    private let base: TimeSource
    private let offsets = Mutex(Offsets())

    /// Stands still at an instant.
    init(_ wall: Timestamp) {
        base = TimeSource(wall: { wall }, elapsed: { .zero }, awake: { .zero })
    }

    /// Goes as the machine's do.
    init() { base = .system }

    var source: TimeSource {
        TimeSource(
            wall: { self.base.wall() + self.offsets.withLock(\.wall) },
            elapsed: { self.base.elapsed() + self.offsets.withLock(\.elapsed) },
            awake: { self.base.awake() + self.offsets.withLock(\.awake) })
    }

    func pass(_ duration: Duration) {
        offsets.withLock { offsets in
            offsets.wall += duration
            offsets.elapsed += duration
            offsets.awake += duration
        }
    }

    func sleep(_ duration: Duration) {
        offsets.withLock { offsets in
            offsets.wall += duration
            offsets.elapsed += duration
        }
    }

    func set(by step: Duration) { offsets.withLock { $0.wall += step } }
}
