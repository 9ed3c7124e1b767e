import Lint
import YAML

/// A YAML text while it is read, with what was found wrong in it so far.
///
/// It lives for one reading; every reader of a part writes into the same one.
final class FaultyText {
    let document: YAMLDocument
    let path: String
    private var faults: [Fault] = []

    private init(document: YAMLDocument, path: String) {
        self.document = document
        self.path = path
    }

    /// Reads a text with `body`. A value with faults that are errors is thrown away.
    static func reading<Value>(
        _ bytes: [UInt8], path: String, _ body: (FaultyText) -> Value
    ) -> Result<Value, Faults> {
        do throws(YAMLError) {
            let text = FaultyText(document: try YAMLDocument(parsing: bytes), path: path)
            text.reportDocument()
            let value = body(text)
            let hasErrors = text.faults.contains { $0.severity == .error }
            return hasErrors ? .failure(Faults(text.faults)) : .success(value)
        } catch {
            let fault = Fault(
                path: path, line: error.position.line, column: error.position.column,
                message: "\(shown(error.message)).")
            return .failure(Faults([fault]))
        }
    }

    var warnings: [Fault] { faults.filter { $0.severity == .warning }.sorted() }

    private func reportDocument() {
        for error in document.duplicateKeys {
            report(at: error.position, nil, "\(shown(error.message)).")
        }
        if let second = document.secondDocument {
            report(
                at: second, nil, "a second document begins here; only the first is read.",
                as: .warning)
        }
    }

    func report(
        at position: YAMLPosition, _ subject: String?, _ message: String, help: String? = nil,
        as severity: Fault.Severity = .error
    ) {
        faults.append(
            Fault(
                severity, path: path, line: position.line, column: position.column,
                subject: subject, message: message, help: help))
    }

    /// A fault inside of a scalar, `offset` UTF-8 bytes from the start of its text.
    func report(
        in node: YAMLNode, offset: Int, _ subject: String?, _ message: String, help: String? = nil
    ) {
        report(at: document.position(ofOffset: offset, in: node), subject, message, help: help)
    }
}
