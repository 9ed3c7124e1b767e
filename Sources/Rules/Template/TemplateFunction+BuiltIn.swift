/// The functions of Go's `text/template`.
extension TemplateFunction {
    static let builtIn: [String: TemplateFunction] = [
        "not": TemplateFunction(parameters: [.any]) { values, _ in .bool(!values[0].isTrue) },
        "len": TemplateFunction(parameters: [.any]) { values, _ throws(Failure) in
            try length(values[0])
        },
        "index": TemplateFunction(parameters: [.any], more: .any) { values, _ throws(Failure) in
            var value = values[0]
            for key in values.dropFirst() { value = try element(of: value, at: key) }
            return value
        },
        "slice": TemplateFunction(parameters: [.any], more: .any) { values, _ throws(Failure) in
            try slice(values[0], Array(values.dropFirst()))
        },
        "print": TemplateFunction(more: .any) { values, _ throws(Failure) in
            try printed { $0.print(values) }
        },
        "println": TemplateFunction(more: .any) { values, _ throws(Failure) in
            try printed { $0.printLine(values) }
        },
        "printf": TemplateFunction(parameters: [.string], more: .any) { values, _ throws(Failure) in
            try printed { $0.format(values[0].asText, Array(values.dropFirst())) }
        },
        "html": escaping(TextEscapes.html), "js": escaping(TextEscapes.js),
        "urlquery": escaping(TextEscapes.query),
        "eq": TemplateFunction(parameters: [.any, .any], more: .any) { values, _ throws(Failure) in
            .bool(try isAny(of: values.dropFirst(), equalTo: values[0]))
        },
        "ne": comparing { left, right throws(Failure) in try !areEqual(left, right) },
        "lt": comparing { left, right throws(Failure) in try isLess(left, right) },
        "le": comparing(isAtMost),
        "gt": comparing { left, right throws(Failure) in try !isAtMost(left, right) },
        "ge": comparing { left, right throws(Failure) in try !isLess(left, right) },
    ]

    private static func printed(
        _ body: (inout GoPrinter) -> Void
    ) throws(Failure) -> TemplateValue {
        var printer = GoPrinter()
        body(&printer)
        guard !printer.hasOverflown else {
            throw Failure("the text is longer than \(GoPrinter.sizeLimit) bytes")
        }
        return .string(printer.text)
    }

    private static func escaping(
        _ body: @escaping @Sendable (String) -> String
    ) -> TemplateFunction {
        TemplateFunction(more: .any) { values, _ throws(Failure) in
            .string(body(try printed { $0.print(values) }.asText))
        }
    }

    private static func comparing(
        _ body: @escaping @Sendable (TemplateValue, TemplateValue) throws(Failure) -> Bool
    ) -> TemplateFunction {
        TemplateFunction(parameters: [.any, .any]) { values, _ throws(Failure) in
            .bool(try body(values[0], values[1]))
        }
    }

    private static func length(_ value: TemplateValue) throws(Failure) -> TemplateValue {
        switch value {
        case .string(let text): .int(Int64(text.utf8.count))
        case .labels(let labels): .int(Int64(labels.count))
        case .arguments(let values): .int(Int64(values.count))
        case .samples(let samples): .int(Int64(samples.count))
        case .none, .bool, .int, .float, .sample, .time, .duration, .alert:
            throw Failure("len of type \(value.typeName)")
        }
    }

    private static func element(
        of value: TemplateValue, at key: TemplateValue
    ) throws(Failure) -> TemplateValue {
        switch (value, key) {
        case (.labels, .string(let name)), (.arguments, .string(let name)):
            return value.field(name) ?? .none
        case (.samples(let samples), .int(let index)):
            guard samples.indices.contains(Int(clamping: index)) else {
                throw Failure("index out of range: \(index)")
            }
            return .sample(samples[Int(index)])
        case (.string(let text), .int(let index)):
            guard let byte = Array(text.utf8).dropFirst(Int(clamping: max(0, index))).first,
                index >= 0
            else { throw Failure("index out of range: \(index)") }
            return .int(Int64(byte))
        default:
            throw Failure("can't index item of type \(value.typeName) with \(key.typeName)")
        }
    }

    private static func slice(
        _ value: TemplateValue, _ bounds: [TemplateValue]
    ) throws(Failure) -> TemplateValue {
        var numbers: [Int] = []
        for bound in bounds {
            guard case .int(let number) = bound else {
                throw Failure("cannot index slice/array with type \(bound.typeName)")
            }
            numbers.append(Int(clamping: number))
        }
        let count: Int
        switch value {
        case .string(let text): count = text.utf8.count
        case .samples(let samples): count = samples.count
        default: throw Failure("can't slice item of type \(value.typeName)")
        }
        let (from, through) = (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : count)
        guard numbers.count <= 2, 0 <= from, from <= through, through <= count else {
            throw Failure("index out of range: \(numbers)")
        }
        if case .samples(let samples) = value { return .samples(Array(samples[from..<through])) }
        return .string(String(decoding: Array(value.asText.utf8)[from..<through], as: UTF8.self))
    }

    private static func areEqual(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(Failure) -> Bool {
        switch (left, right) {
        case (.bool(let a), .bool(let b)): return a == b
        case (.int(let a), .int(let b)): return a == b
        case (.float(let a), .float(let b)): return a == b
        case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
        case (.none, _), (_, .none): return left == right
        default: throw Failure("incompatible types for comparison")
        }
    }

    private static func isAny(
        of values: ArraySlice<TemplateValue>, equalTo first: TemplateValue
    ) throws(Failure) -> Bool {
        for value in values {
            if try areEqual(first, value) { return true }
        }
        return false
    }

    private static func isAtMost(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(Failure) -> Bool {
        if try isLess(left, right) { return true }
        return try areEqual(left, right)
    }

    private static func isLess(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(Failure) -> Bool {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a < b
        case (.float(let a), .float(let b)): return a < b
        case (.string(let a), .string(let b)): return a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.bool, .bool), (.none, .none): throw Failure("invalid type for comparison")
        default: throw Failure("incompatible types for comparison")
        }
    }
}

/// Text made safe for where it goes.
enum TextEscapes {
    static func html(_ text: String) -> String {
        let entities: [Unicode.Scalar: String] = [
            "\"": "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\u{fffd}",
        ]
        return text.unicodeScalars.map { entities[$0] ?? String(Character($0)) }.joined()
    }

    static func js(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\", "'", "\"": "\\\(scalar)"
            case "<", ">", "&", "=": "\\u00" + String(scalar.value, radix: 16, uppercase: true)
            default: scalar.isPrinted ? String(Character(scalar)) : unicodeEscape(scalar)
            }
        }.joined()
    }

    private static func unicodeEscape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// For a query of a URL: a space is a plus sign.
    static func query(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-_.~".contains(character) {
                return String(character)
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return byte == 0x20 ? "+" : "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
