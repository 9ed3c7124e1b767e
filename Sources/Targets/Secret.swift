/// A password, token or key. Prints as dots everywhere; only `reveal()` gives the text.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The text itself, for the one call that hands it to a library.
    public func reveal() -> String { text }

    public var description: String { "••••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a secret comes from; the configuration never holds the secret itself.
public enum SecretSource: Sendable, Hashable {
    /// An environment variable.
    case environment(String)
    /// A file; one trailing line break is dropped.
    case file(String)
    /// What a program prints; run without a shell, at most 10 s and 64 KiB.
    case command([String])
}
