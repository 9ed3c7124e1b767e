import Checklist
import HTTP

/// A place in a document, as bindings name it: "$.queue.failed".
struct JSONPlace: Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    /// - Throws: What is wrong with the place or with the document, or that nothing is there.
    func value(in bytes: [UInt8]) throws(ReportFault) -> JSONValue {
        let value: JSONValue?
        do throws(JSONError) {
            value = try JSONPath(text).value(in: JSONValue(parsing: bytes))
        } catch {
            throw ReportFault("it cannot be read: \(error)", at: text)
        }
        guard let value else { throw ReportFault("there is nothing", at: text) }
        return value
    }
}
