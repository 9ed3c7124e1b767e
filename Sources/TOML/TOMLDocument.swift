import CTOML

/// Why a text is not TOML, and where.
public struct TOMLError: Error, Hashable, Sendable {
    /// One line without an end stop.
    public var message: String
    public var position: TOMLPosition

    public init(_ message: String, at position: TOMLPosition) {
        self.message = message
        self.position = position
    }
}

/// A TOML 1.0 document in which every key and every value knows its place.
public struct TOMLDocument: Sendable {
    /// The most that is read, in bytes.
    public static let maximumSize = 1 << 20

    public let root: TOMLTable
    /// The text itself, for places inside of strings.
    let source: [UInt8]

    /// Reads a text. Throws the first error: what is not TOML 1.0, is not UTF-8, is larger than
    /// `maximumSize` or nests deeper than 32 values or 32 parts of a dotted key.
    public init(parsing text: String) throws(TOMLError) {
        try self.init(parsing: Array(text.utf8))
    }

    public init(parsing bytes: [UInt8]) throws(TOMLError) {
        guard bytes.count <= Self.maximumSize else {
            throw TOMLError(
                "the file is larger than \(Self.maximumSize) bytes",
                at: TOMLPosition(line: 1, column: 1))
        }
        root = try Self.parsed(bytes).get()
        source = bytes
    }

    private static func parsed(_ bytes: [UInt8]) -> Result<TOMLTable, TOMLError> {
        bytes.withUnsafeBytes { buffer in
            let text = buffer.assumingMemoryBound(to: CChar.self)
            // An empty buffer may have no address; the parser reads none of it.
            let parsed = text.baseAddress.map { ctoml_parse($0, text.count) } ?? ctoml_parse("", 0)
            guard let parsed else {
                return .failure(TOMLError("out of memory", at: TOMLPosition(line: 1, column: 1)))
            }
            defer { ctoml_free(parsed) }
            return read(parsed)
        }
    }

    private static func read(_ document: OpaquePointer) -> Result<TOMLTable, TOMLError> {
        var line: UInt32 = 0
        var column: UInt32 = 0
        if let message = ctoml_error(document, &line, &column) {
            let position = TOMLPosition(line: max(Int(line), 1), column: max(Int(column), 1))
            return .failure(TOMLError(String(cString: message), at: position))
        }
        var count = 0
        let nodes = ctoml_nodes(document, &count)
        var reader = FlatReader(nodes: UnsafeBufferPointer(start: nodes, count: count))
        return .success(reader.next()?.node.table ?? TOMLTable())
    }
}

/// Builds the tree back from the shim's flat array.
private struct FlatReader {
    let nodes: UnsafeBufferPointer<CTOMLNode>
    var index = 0

    mutating func next() -> TOMLTable.Entry? {
        guard index < nodes.count else { return nil }
        let node = nodes[index]
        index += 1
        let position = TOMLPosition(line: Int(node.line), column: Int(node.column))
        let keyPosition = TOMLPosition(line: Int(node.keyLine), column: Int(node.keyColumn))
        return TOMLTable.Entry(
            key: text(node.key, node.keyLength), keyPosition: keyPosition,
            node: TOMLNode(value(of: node), at: position))
    }

    private mutating func value(of node: CTOMLNode) -> TOMLValue {
        switch node.kind {
        case CTOMLTable:
            // The parser keeps keys in the order of their names.
            .table(
                TOMLTable(entries: children(of: node).sorted { $0.keyPosition < $1.keyPosition }))
        case CTOMLArray: .array(children(of: node).map(\.node))
        case CTOMLInteger: .integer(node.integer)
        case CTOMLFloat: .float(node.number)
        case CTOMLBoolean: .boolean(node.integer != 0)
        case CTOMLDate: .date(text(node.text, node.textLength))
        default: .string(text(node.text, node.textLength))
        }
    }

    private mutating func children(of node: CTOMLNode) -> [TOMLTable.Entry] {
        var result: [TOMLTable.Entry] = []
        for _ in 0..<node.childCount {
            guard let child = next() else { break }
            result.append(child)
        }
        return result
    }

    private func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
        guard let start else { return "" }
        return UnsafeRawBufferPointer(start: start, count: length).withMemoryRebound(
            to: UInt8.self
        ) { String(decoding: $0, as: UTF8.self) }
    }
}
