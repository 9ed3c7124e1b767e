import TimeSeries

/// Somebody's word that alerts of a kind shall wake nobody until a given time.
public struct Silence: Hashable, Sendable {
    public let matchers: [Matcher]
    public private(set) var start: Timestamp
    public private(set) var end: Timestamp
    public let author: String
    public let comment: String
    /// Set once the end has passed or somebody ended it. A clock that jumps back does not open
    /// it again.
    public private(set) var isEnded = false

    public static let longest = Duration.seconds(30 * 86_400)
    public static let longestOfAll = Duration.seconds(8 * 3600)

    /// Why a silence is refused.
    public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case noAuthor, noComment, endsBeforeItStarts, tooLong, matchesAll

        public var description: String {
            switch self {
            case .noAuthor: "a silence needs an author"
            case .noComment: "a silence needs a reason"
            case .endsBeforeItStarts: "a silence must end after it starts"
            case .tooLong: "a silence lasts at most 30 days, and one of everything 8 hours"
            case .matchesAll: "this would silence everything: say so with --all"
            }
        }
    }

    public init(
        _ matchers: [Matcher], from start: Timestamp, to end: Timestamp, author: String,
        comment: String, isForAll: Bool = false
    ) throws(Refusal) {
        let matchesAll = matchers.allSatisfy { $0.matchesEmpty }
        guard !author.isEmpty else { throw .noAuthor }
        guard !comment.isEmpty else { throw .noComment }
        guard start < end else { throw .endsBeforeItStarts }
        guard !matchesAll || isForAll else { throw .matchesAll }
        guard end.duration(since: start) <= (matchesAll ? Self.longestOfAll : Self.longest) else {
            throw .tooLong
        }
        self.matchers = matchers
        self.start = start
        self.end = end
        self.author = author
        self.comment = comment
    }

    public func isActive(at now: Timestamp) -> Bool { !isEnded && start <= now && now < end }

    public func silences(_ labels: Labels, at now: Timestamp) -> Bool {
        isActive(at: now) && matchers.allMatch(labels)
    }

    /// The clock was set. Its end is a time of day and stays, as far as that is no longer than it may
    /// be; and one that has begun has begun.
    mutating func clockWasSet(by step: Duration) {
        start = min(start, start + step)
        let limit = matchers.allSatisfy(\.matchesEmpty) ? Self.longestOfAll : Self.longest
        end = min(end, start + limit)
    }

    /// Notes that the end has passed.
    public mutating func settle(at now: Timestamp) { isEnded = isEnded || now >= end }

    /// Ends it before its time.
    public mutating func expire() { isEnded = true }
}
