/// An answer of the API: JSON with an HTTP status.
public struct APIReply: Hashable, Sendable {
    public var status: Int
    public var body: [UInt8]

    public static let contentType = "application/json"

    /// The reply that says why there is no other: `{"status":"error",…}`.
    public init(_ failure: APIFailure) {
        var json = JSONWriter(limit: .max)
        // A body that throws nothing and has no limit cannot fail.
        try? json.object { json throws(APIFailure) in
            json.field("status", "error")
            json.field("errorType", failure.kind.rawValue)
            json.field("error", failure.message)
        }
        status = failure.kind.status
        body = json.bytes
    }

    /// `{"status":"success","data":…}` with what `data` writes and what is to be said about it.
    init(
        limit: Int, warnings: [String] = [], infos: [String] = [],
        data: (inout JSONWriter) throws(APIFailure) -> Void
    ) throws(APIFailure) {
        var json = JSONWriter(limit: limit)
        try json.object { json throws(APIFailure) in
            json.field("status", "success")
            json.key("data")
            try data(&json)
            if !warnings.isEmpty {
                json.key("warnings")
                try json.strings(warnings)
            }
            if !infos.isEmpty {
                json.key("infos")
                try json.strings(infos)
            }
        }
        try json.check()
        status = 200
        body = json.bytes
    }
}
