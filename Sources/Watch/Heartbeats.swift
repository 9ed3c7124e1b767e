import Synchronization

/// What must go on for as long as the watch does. Loops count; who looks on sees when one stands still.
public final class Heartbeats: Sendable {
    public enum Loop: String, CaseIterable, Sendable {
        /// Rules are judged.
        case evaluator
        /// Pages are sent.
        case sender
    }

    private let counts = Mutex<[Loop: Int]>([:])

    public init() {}

    func beat(_ loop: Loop) { counts.withLock { $0[loop, default: 0] += 1 } }

    /// How often a loop has gone round.
    public func count(_ loop: Loop) -> Int { counts.withLock { $0[loop] ?? 0 } }
}

/// Tells from looks at the heartbeats whether a loop stands still. It counts looks, not time: a machine
/// that slept, and a process that was stopped, have missed none.
public struct Standstill: Sendable {
    /// So many looks without a beat are too many.
    private let patience: Int
    /// A loop that has not begun yet may wait for a long reading of the disk: so many times as long.
    private static let firstPatience = 10
    private var last: [Heartbeats.Loop: (count: Int, looks: Int)] = [:]

    public init(patience: Int) { self.patience = patience }

    /// Takes one look; gives a loop that stands still.
    public mutating func look(at beats: Heartbeats) -> Heartbeats.Loop? {
        Heartbeats.Loop.allCases.first { loop in
            let count = beats.count(loop)
            let looks = last[loop].map { $0.count == count ? $0.looks + 1 : 0 } ?? 0
            last[loop] = (count, looks)
            return looks >= (count == 0 ? patience * Self.firstPatience : patience)
        }
    }
}
