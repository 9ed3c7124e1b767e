import FoundationEssentials
import PromQL
import TimeSeries

/// What a Prometheus answered to a query: the body of `/api/v1/query` or `/api/v1/query_range`.
public struct PrometheusReply: Sendable, Hashable {
    public var value: Value
    public var notices: [Notice]

    /// The longest body that is worth reading: some two million samples.
    public static let bodyLimit = 64 << 20

    /// - Throws: for an error of the server, for what is no such answer, and for native histograms.
    public init(decoding body: [UInt8]) throws(PrometheusFailure) {
        let envelope = try Envelope<QueryData>(decoding: body)
        value = try envelope.content.value
        notices =
            (envelope.warnings ?? []).map { Notice(.warning, $0) }
            + (envelope.infos ?? []).map { Notice(.info, $0) }
    }

    /// The strings that `/api/v1/labels` or `/api/v1/label/…/values` answered.
    public static func strings(decoding body: [UInt8]) throws(PrometheusFailure) -> [String] {
        try Envelope<[String]>(decoding: body).content
    }
}

/// Why a body holds no result.
public enum PrometheusFailure: Error, Sendable, Hashable {
    /// The server's own words: its `errorType` ("bad_data", "timeout", …) and message.
    case refused(type: String, message: String)
    /// It is not what a Prometheus answers.
    case notAnAnswer(String)
    /// The result holds what floats cannot say.
    case unsupported(String)
}

extension PrometheusFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let type, let message): type.isEmpty ? message : "\(type): \(message)"
        case .notAnAnswer(let reason): "the answer is not Prometheus': \(reason)"
        case .unsupported(let what): "\(what) are not supported"
        }
    }
}

/// The place of a parse error, which a server writes into its message:
/// `invalid parameter "query": 1:5: parse error: unexpected …`.
public struct PrometheusParseError: Sendable, Hashable {
    /// From 1.
    public var line: Int
    /// From 1, in characters.
    public var column: Int
    public var reason: String

    /// nil for a message of another kind.
    public init?(in message: String) {
        guard let words = message.firstRange(of: ": parse error: ") else { return nil }
        let place = message[..<words.lowerBound].split(separator: " ").last ?? ""
        let numbers = place.split(separator: ":").compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        (line, column) = (numbers[0], numbers[1])
        reason = String(message[words.upperBound...])
    }
}

/// What stands around every answer.
private struct Envelope<Content: Decodable>: Decodable {
    var status: String
    var data: Content?
    var errorType: String?
    var error: String?
    var warnings: [String]?
    var infos: [String]?

    init(decoding body: [UInt8]) throws(PrometheusFailure) {
        guard body.count <= PrometheusReply.bodyLimit else {
            throw .notAnAnswer("it is longer than \(PrometheusReply.bodyLimit) bytes")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(body))
        } catch let failure as PrometheusFailure {
            throw failure
        } catch {
            throw .notAnAnswer(Self.reason(error))
        }
        guard status == "success" else {
            throw .refused(type: errorType ?? "", message: error ?? "status is \(status)")
        }
    }

    var content: Content {
        get throws(PrometheusFailure) {
            guard let data else { throw .notAnAnswer("it has no data") }
            return data
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            "\"\(context.codingPath.last { $0.intValue == nil }?.stringValue ?? "")\" is something else"
        default: "no JSON of that form"
        }
    }
}

/// The `data` of a query.
private struct QueryData: Decodable {
    var value: Value

    private enum Key: CodingKey { case resultType, result }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let type = try container.decode(String.self, forKey: .resultType)
        switch type {
        case "scalar": value = .scalar(try container.decode(Pair.self, forKey: .result).value)
        case "string": value = .string(try container.decode(TextPair.self, forKey: .result).text)
        case "vector":
            let elements = try container.decode([Element].self, forKey: .result)
            value = .vector(try elements.map { VectorElement($0.metric, try $0.single().value) })
        case "matrix":
            let elements = try container.decode([Element].self, forKey: .result)
            value = .matrix(
                try elements.map { RangeSeries(labels: $0.metric, samples: try $0.samples()) })
        default: throw PrometheusFailure.notAnAnswer("results of type \"\(type.prefix(40))\"")
        }
    }
}

/// One series of a vector or a matrix.
private struct Element: Decodable {
    var metric: Labels
    var value: Pair?
    var values: [Pair]?
    var histogram: Ignored?
    var histograms: Ignored?

    func single() throws(PrometheusFailure) -> Pair {
        try refuseHistograms()
        guard let value else { throw .notAnAnswer("an element has no value") }
        return value
    }

    func samples() throws(PrometheusFailure) -> [Sample] {
        try refuseHistograms()
        return (values ?? []).map { Sample(Timestamp(seconds: $0.seconds), $0.value) }
    }

    private func refuseHistograms() throws(PrometheusFailure) {
        if histogram != nil || histograms != nil { throw .unsupported("native histograms") }
    }
}

/// Anything, unread.
private struct Ignored: Decodable {
    init(from decoder: any Decoder) {}
}

/// `[1435781451.781, "1.5e+10"]`
private struct Pair: Decodable {
    var seconds: Double
    var value: Double

    init(from decoder: any Decoder) throws {
        let pair = try TextPair(from: decoder)
        guard let number = Double(pair.text) else {
            throw PrometheusFailure.notAnAnswer("\"\(pair.text.prefix(40))\" is not a number")
        }
        (seconds, value) = (pair.seconds, number)
    }
}

private struct TextPair: Decodable {
    var seconds: Double
    var text: String

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        seconds = try container.decode(Double.self)
        text = try container.decode(String.self)
    }
}
