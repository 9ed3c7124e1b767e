import CYAML

/// What libyaml's parser reports, one after the other.
struct Event {
    enum Kind {
        case documentStart, documentEnd, streamEnd
        case alias(String)
        case scalar(YAMLScalar)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        /// The start of the stream.
        case other
    }

    var kind: Kind
    var anchor: String?
    var start: YAMLPosition
    var end: YAMLPosition
}

/// libyaml's parser over bytes that outlive it.
final class EventStream {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeBufferPointer<UInt8>

    static func reading<Result>(_ bytes: [UInt8], _ body: (EventStream) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(EventStream($0)) }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        parser = .allocate(capacity: 1)
        // It fails only when there is no memory for its first buffers.
        precondition(yaml_parser_initialize(parser) == 1, "out of memory")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress ?? Self.nothing, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        return Event(
            kind: Self.kind(of: event), anchor: Self.anchor(of: event),
            start: YAMLPosition(event.start_mark), end: YAMLPosition(event.end_mark))
    }

    private static func kind(of event: yaml_event_t) -> Event.Kind {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: .streamEnd
        case YAML_ALIAS_EVENT: .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT: .scalar(scalar(event))
        case YAML_SEQUENCE_START_EVENT: .sequenceStart
        case YAML_SEQUENCE_END_EVENT: .sequenceEnd
        case YAML_MAPPING_START_EVENT: .mappingStart
        case YAML_MAPPING_END_EVENT: .mappingEnd
        default: .other
        }
    }

    private static func anchor(of event: yaml_event_t) -> String? {
        switch event.type {
        case YAML_SCALAR_EVENT: text(event.data.scalar.anchor)
        case YAML_SEQUENCE_START_EVENT: text(event.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT: text(event.data.mapping_start.anchor)
        default: nil
        }
    }

    private static func scalar(_ event: yaml_event_t) -> YAMLScalar {
        let scalar = event.data.scalar
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        // `!!str 5` is a text although it is plain.
        let isText = text(scalar.tag) == "tag:yaml.org,2002:str"
        let style: YAMLScalar.Style =
            switch scalar.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: isText ? .singleQuoted : .plain
            }
        return YAMLScalar(String(decoding: bytes, as: UTF8.self), style: style)
    }

    private static func text(_ start: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        start.map { String(cString: $0) }
    }

    private var failure: YAMLError {
        let fault = parser.pointee
        let problem = fault.problem.map { String(cString: $0) } ?? "this is no YAML"
        guard fault.error != YAML_READER_ERROR else {
            return YAMLError(problem, at: position(ofByte: fault.problem_offset))
        }
        let position = YAMLPosition(fault.problem_mark)
        guard let context = fault.context.map({ String(cString: $0) }) else {
            return YAMLError(problem, at: position)
        }
        let start = YAMLPosition(fault.context_mark)
        let place = start.line < position.line ? " that begins at line \(start.line)" : ""
        return YAMLError("\(problem) \(context)\(place)", at: position)
    }

    private func position(ofByte offset: Int) -> YAMLPosition {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 }
        return YAMLPosition(line: line + 1, column: column + 1)
    }

    /// An empty array may have no address; the parser reads none of it.
    private static var nothing: UnsafePointer<UInt8>? { UnsafePointer(bitPattern: 1) }
}

extension YAMLPosition {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
