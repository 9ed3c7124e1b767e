/// Why a request has no answer, in the words and codes of Prometheus' HTTP API.
///
/// Source: Prometheus documentation, "HTTP API", format overview.
public struct APIFailure: Error, Hashable, Sendable {
    /// The `errorType` of the reply, with its HTTP status.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case badData = "bad_data"
        case execution
        case timeout
        case canceled
        case unavailable
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case tooLarge = "too_large"
        case forbidden
        case `internal`

        public var status: Int {
            switch self {
            case .badData: 400
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .tooLarge: 413
            case .execution: 422
            case .internal: 500
            case .timeout, .canceled, .unavailable: 503
            }
        }
    }

    public var kind: Kind
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    static func parameter(_ name: String, _ message: String) -> APIFailure {
        APIFailure(.badData, "invalid parameter \"\(name)\": \(message)")
    }
}
