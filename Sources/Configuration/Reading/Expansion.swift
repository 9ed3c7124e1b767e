/// `${NAME}` and `${NAME:-default}` in a string value.
///
/// A name is a letter or `_`, then letters, digits or `_`. `$${` stands for `${`; anything else
/// after `$`, such as a capture group of PromQL (`${1}`), is left as it is.
struct Expansion {
    /// Why a text cannot be expanded, and where in it, as a UTF-8 offset.
    enum Failure: Error, Hashable {
        case missing(name: String, offset: Int)
        case unclosed(offset: Int)
    }

    /// The text with its variables put in, and whether there were any.
    private(set) var text = ""
    private(set) var hasVariables = false
    /// Every variable that is missing, and a `${` that does not end.
    private(set) var failures: [Failure] = []

    init(of source: String, environment: [String: String]) {
        var rest = source[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            rest = rest[dollar...]
            let offset = source.utf8.distance(from: source.startIndex, to: dollar)
            rest = step(over: rest, offset: offset, environment: environment)
        }
        text += rest
    }

    /// Handles what begins with `$`; the text after it.
    private mutating func step(
        over rest: Substring, offset: Int, environment: [String: String]
    ) -> Substring {
        if rest.hasPrefix("$${") {
            text += "${"
            hasVariables = true
            return rest.dropFirst(3)
        }
        let name = rest.dropFirst(2).prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
        }
        guard rest.hasPrefix("${"), let first = name.first, !first.isNumber else {
            text += "$"
            return rest.dropFirst()
        }
        hasVariables = true
        guard let end = rest.firstIndex(of: "}") else {
            failures.append(.unclosed(offset: offset))
            return ""
        }
        put(String(name), fallback: rest[name.endIndex..<end], offset: offset, environment)
        return rest[rest.index(after: end)...]
    }

    private mutating func put(
        _ name: String, fallback: Substring, offset: Int, _ environment: [String: String]
    ) {
        if fallback.hasPrefix(":-") {
            let value = environment[name] ?? ""
            text += value.isEmpty ? String(fallback.dropFirst(2)) : value
        } else if fallback.isEmpty, let value = environment[name] {
            text += value
        } else if fallback.isEmpty {
            failures.append(.missing(name: name, offset: offset))
        } else {
            failures.append(.unclosed(offset: offset))
        }
    }
}

extension Ledger {
    /// A string value with its variables put in; faults are reported and leave them out.
    func expanded(_ value: String, at text: Text, subject: String) -> Text? {
        let expansion = Expansion(of: value, environment: surroundings.environment)
        for failure in expansion.failures { report(failure, in: text, subject) }
        guard expansion.failures.isEmpty else { return nil }
        return Text(
            value: expansion.text, position: text.position, isAsWritten: !expansion.hasVariables)
    }

    private func report(_ failure: Expansion.Failure, in text: Text, _ subject: String) {
        switch failure {
        case .missing(let name, let offset):
            report(
                in: text, offset: offset, subject, "the variable \(name) is not set.",
                help: "Set it, or give a default: \"${\(name):-default}\".")
        case .unclosed(let offset):
            report(
                in: text, offset: offset, subject, "\"${\" does not begin a variable.",
                help:
                    "Write \"${NAME}\" or \"${NAME:-default}\"; \"$${\" stands for the text itself."
            )
        }
    }
}
