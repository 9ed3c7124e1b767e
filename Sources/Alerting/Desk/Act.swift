import TimeSeries

/// What a person does about alerts. Who did it is the owner's word, not the act's.
///
/// `key` names an episode as pages do; the start of a key or of a fingerprint will do where it is unique.
public enum Act: Hashable, Sendable, Codable {
    /// Somebody has it; `lasting` nil is as long as the configuration says.
    case acknowledge(key: String, lasting: Duration?)
    case unacknowledge(key: String)
    case snooze(key: String, length: Duration)
    /// Ended by hand; it comes back when it breaches again after it was well.
    case resolve(key: String)
    case silence(SilenceRequest)
    /// By its id.
    case endSilence(id: String)
    /// A remark for all who watch; `key` where it is about one episode.
    case note(text: String, key: String?)
    /// The messages that were lost are seen: they are not shown any more.
    case seen
    /// A test page went through a receiver; confirmed by who typed its code.
    case tested(receiver: String, isConfirmed: Bool)

    public static let longestText = 500
}

/// A silence that somebody asks for.
public struct SilenceRequest: Hashable, Sendable, Codable {
    /// As in routes: `severity="page"`.
    public var matchers: [String]
    public var length: Duration
    public var reason: String
    /// Said aloud where it silences everything.
    public var isForAll: Bool

    public init(matchers: [String], length: Duration, reason: String, isForAll: Bool = false) {
        self.matchers = matchers
        self.length = length
        self.reason = reason
        self.isForAll = isForAll
    }
}

/// Why an act was refused, in words for the person.
public struct ActRefusal: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
