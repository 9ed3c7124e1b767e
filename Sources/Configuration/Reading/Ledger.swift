import Lint
import TOML
import Targets

/// What one reading of a configuration has found wrong so far, and what it reads from.
///
/// It lives for one call of `Configuration.read`; every reader of a table writes into the same one.
final class Ledger {
    let document: TOMLDocument
    let path: String
    let surroundings: Surroundings
    private(set) var faults: [Fault] = []
    /// Where each `[[alert]]` and `[route]` begin, for what is found out only once all is read.
    var alertPlaces: [String: Place] = [:]
    var routePosition: TOMLPosition?

    init(document: TOMLDocument, path: String, surroundings: Surroundings) {
        self.document = document
        self.path = path
        self.surroundings = surroundings
    }

    var hasErrors: Bool { faults.contains { $0.severity == .error } }

    func report(
        at position: TOMLPosition, _ subject: String?, _ message: String, help: String? = nil,
        as severity: Fault.Severity = .error
    ) {
        faults.append(
            Fault(
                severity, path: path, line: position.line, column: position.column,
                subject: subject, message: message, help: help))
    }

    /// A fault inside of a string value, `offset` UTF-8 bytes from its start. A string that holds
    /// expanded variables differs from what is written: the fault then points at its start.
    func report(
        in text: Text, offset: Int, _ subject: String?, _ message: String, help: String? = nil
    ) {
        let position =
            text.isAsWritten
            ? document.position(ofOffset: offset, inStringAt: text.position) : text.position
        report(at: position, subject, message, help: help)
    }

    /// Takes over what was found in another file.
    func report(_ others: [Fault]) { faults += others }

    func warnOfNoTargets() {
        report(
            at: TOMLPosition(line: 1, column: 1), nil, "nothing is watched.",
            help: "Add a target: [[http]], [[postgres]], [[redis]], [[containers]] or [[host]].",
            as: .warning)
    }

    /// A path as the configuration means it: relative ones start at the file's folder.
    func resolved(_ file: String) -> String {
        guard !file.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return file }
        return path[...slash] + file
    }
}

/// A place in the configuration or in a file that it names.
struct Place {
    var path: String
    var position: TOMLPosition
}

/// A string value with its place.
struct Text: Hashable {
    var value: String
    var position: TOMLPosition
    /// False once a variable was put in.
    var isAsWritten = true

    /// For a message: in quotes, cleaned and cut.
    var quoted: String { quote(value) }
}
