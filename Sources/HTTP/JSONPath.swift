/// A place in a JSON value: `$.items[0].id`, `$['a name']`, `$.list[-1]`. A subset of RFC 9535 that
/// names exactly one place: no wildcards, slices, filters or descendants.
public struct JSONPath: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case member(String)
        /// Negative ones count from the end.
        case index(Int)
    }

    let steps: [Step]
    /// As it was written.
    public let text: String

    /// Throws with a reason and the offset of the fault.
    public init(_ text: String) throws(JSONError) {
        self.text = text
        steps = try JSONPathParser(text).steps()
    }

    /// The value at this place, nil when there is none.
    public func value(in root: JSONValue) -> JSONValue? {
        var value = root
        for step in steps {
            switch (step, value) {
            case (.member(let name), .object(let members)):
                guard let member = members[name] else { return nil }
                value = member
            case (.index(let index), .array(let items)):
                let position = index < 0 ? items.count + index : index
                guard items.indices.contains(position) else { return nil }
                value = items[position]
            case (.member, _), (.index, _): return nil
            }
        }
        return value
    }
}

private struct JSONPathParser {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) { characters = Array(text) }

    func steps() throws(JSONError) -> [JSONPath.Step] {
        var copy = self
        return try copy.parse()
    }

    private mutating func parse() throws(JSONError) -> [JSONPath.Step] {
        guard peek == "$" else { throw fault("a path starts with $") }
        index += 1
        var steps: [JSONPath.Step] = []
        while let character = peek {
            switch character {
            case ".":
                index += 1
                steps.append(.member(try name()))
            case "[":
                index += 1
                steps.append(try bracket())
            default: throw fault("expected . or [")
            }
        }
        return steps
    }

    private mutating func name() throws(JSONError) -> String {
        let start = index
        while let character = peek, character != ".", character != "[" { index += 1 }
        guard index > start else { throw fault("a member's name is missing") }
        let name = String(characters[start..<index])
        guard !name.contains(where: { "*]'\" ".contains($0) }) else {
            throw fault("write $['\(name)'] for a name like this; wildcards are not supported")
        }
        return name
    }

    private mutating func bracket() throws(JSONError) -> JSONPath.Step {
        let step: JSONPath.Step
        if let quote = peek, quote == "'" || quote == "\"" {
            index += 1
            step = .member(try quoted(by: quote))
        } else {
            let start = index
            while let character = peek, character != "]" { index += 1 }
            guard let number = Int(String(characters[start..<index])) else {
                throw fault("expected an index or a quoted name")
            }
            step = .index(number)
        }
        guard peek == "]" else { throw fault("a ] is missing") }
        index += 1
        return step
    }

    private mutating func quoted(by quote: Character) throws(JSONError) -> String {
        var name = ""
        while let character = peek {
            index += 1
            if character == quote { return name }
            if character == "\\", let escaped = peek {
                index += 1
                name.append(escaped)
            } else {
                name.append(character)
            }
        }
        throw fault("the name does not end")
    }

    private var peek: Character? { index < characters.count ? characters[index] : nil }

    private func fault(_ reason: String) -> JSONError { JSONError(reason: reason, offset: index) }
}
