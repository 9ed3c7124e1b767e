import Alerting
import Configuration
import Records
import TimeSeries

/// What the pager needs from the world.
public struct PagingPorts: Sendable {
    /// Nil: nothing outlives the process.
    public var store: (any RecordStore)?
    /// By the names of the receivers.
    public var makeSenders: @Sendable (Configuration) -> [String: any PageSender]
    /// Tells the service outside that we are well, or why not; throws why it did not take that.
    public var makeDeadMan: @Sendable (Configuration) -> (any DeadManPing)?
    /// Links in pages that acknowledge them; nil: there are none.
    public var makeLinks: @Sendable (Configuration) -> AcknowledgementLinks? = { _ in nil }
    /// Free bytes on the disk of the state folder.
    public var freeBytes: @Sendable () -> Int64

    public init(
        store: (any RecordStore)? = nil,
        makeSenders: @escaping @Sendable (Configuration) -> [String: any PageSender] = { _ in [:] },
        makeDeadMan: @escaping @Sendable (Configuration) -> (any DeadManPing)? = { _ in nil },
        freeBytes: @escaping @Sendable () -> Int64 = { .max }
    ) {
        self.store = store
        self.makeSenders = makeSenders
        self.makeDeadMan = makeDeadMan
        self.freeBytes = freeBytes
    }
}

/// A way to reach people, as the pager sees it.
public protocol PageSender: Sendable {
    /// Sends one message, and says within its own time limit what became of it.
    func send(_ page: Page, at now: Timestamp) async -> SendResult
}

/// What became of an attempt.
public struct SendResult: Sendable, Hashable {
    public var verdict: DeliveryVerdict
    /// In words, without secrets.
    public var said: String

    public init(_ verdict: DeliveryVerdict, _ said: String) {
        self.verdict = verdict
        self.said = said
    }
}

/// Someone outside who notices when we are gone.
public protocol DeadManPing: Sendable {
    /// Without complaints all is well. Gives why a ping was not taken; nil when it was.
    func ping(_ complaints: [String]) async -> String?

    /// We end in an orderly way.
    func sayGoodbye() async
}
