import FoundationEssentials
import Targets

/// Why a text is no report of its kind, and where that shows.
public struct ReportFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// "Results[0].Vulnerabilities[3].Severity"; "" for the whole.
    public var place: String
    public var reason: String

    public init(_ reason: String, at place: String = "") {
        self.place = cleaned(place, limit: 120)
        self.reason = cleaned(reason, limit: 160)
    }

    public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}

/// Decodes a document, or says where it is none.
func decoded<Wire: Decodable>(
    _ type: Wire.Type, from bytes: some Sequence<UInt8>
) throws(ReportFault) -> Wire {
    do {
        return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
        throw ReportFault(error)
    } catch {
        throw ReportFault("it is no JSON")
    }
}

extension ReportFault {
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self.init("it is no \(Self.word(for: type))", at: Self.place(context.codingPath))
        case .keyNotFound(let key, let context):
            self.init("it is missing", at: Self.place(context.codingPath + [key]))
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self.init("it cannot be read", at: Self.place(context.codingPath))
        case .dataCorrupted(let context):
            let why = context.underlyingError.map { ": \($0)" } ?? ""
            self.init("it is no JSON\(why)")
        @unknown default: self.init("it cannot be read")
        }
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "truth value"
        case is Int.Type, is UInt64.Type, is Int64.Type, is Double.Type: "number"
        default: "\(type)".contains("Array") ? "list" : "object"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.reduce(into: "") { place, key in
            if let index = key.intValue {
                place += "[\(index)]"
            } else {
                place += (place.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}
