/// The first document of a YAML text, in which every key and every value knows its place.
///
/// Anchors, aliases and merge keys (`<<`) are resolved. Every input has an answer in bounded time
/// and memory: what is too large, too deep, or grows too much by its aliases is refused.
public struct YAMLDocument: Sendable {
    /// The most that is read, in bytes.
    public static let maximumSize = 8 << 20
    /// Values within values.
    public static let maximumDepth = 64
    /// Values of a document, those that aliases repeat counted each time.
    public static let maximumNodes = 500_000

    /// nil for a text without a document: empty, or comments alone.
    public let root: YAMLNode?
    /// Keys that a mapping has twice. The first one is kept.
    public let duplicateKeys: [YAMLError]
    /// Where a second document begins, which is not read.
    public let secondDocument: YAMLPosition?
    /// The text itself, for places inside of scalars.
    let source: [UInt8]

    public init(parsing text: String) throws(YAMLError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads UTF-8. Throws the first error, after which nothing of the text can be trusted.
    public init(parsing bytes: [UInt8]) throws(YAMLError) {
        guard bytes.count <= Self.maximumSize else {
            throw YAMLError(
                "the file is larger than \(Self.maximumSize) bytes",
                at: YAMLPosition(line: 1, column: 1))
        }
        var builder = TreeBuilder()
        let result: Result<YAMLNode?, YAMLError> = EventStream.reading(bytes) { events in
            do throws(YAMLError) {
                return .success(try builder.document(from: events))
            } catch {
                return .failure(error)
            }
        }
        root = try result.get()
        duplicateKeys = builder.duplicateKeys
        secondDocument = builder.secondDocument
        source = bytes
    }
}
