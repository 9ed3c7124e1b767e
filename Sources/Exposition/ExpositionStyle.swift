import TimeSeries

/// How a client wants its metrics written.
public struct ExpositionStyle: Sendable, Hashable {
    public var format: ExpositionFormat
    /// Whether names may hold any character, in quotes. Without, each character that is not allowed
    /// becomes `_`: an older reader would refuse the whole text for one such name.
    public var quotesNames: Bool
    /// Whether each sample carries its time. Off by default: what is read without times ends at the
    /// reader as soon as it ends here, with times it lingers for the reader's look-back. Ask for them
    /// where exact times matter more, as in a federation.
    public var writesTimes = false

    public init(_ format: ExpositionFormat, quotesNames: Bool = true, writesTimes: Bool = false) {
        self.format = format
        self.quotesNames = quotesNames
        self.writesTimes = writesTimes
    }

    /// By the value of an `Accept` header (RFC 9110 §12.5.1): OpenMetrics for those who prefer it or
    /// like both alike, else Prometheus' text.
    public init(accept: String?) {
        let ranges = (accept ?? "").split(separator: ",").map { MediaRange($0) }
        let open = ranges.filter(\.isOpenMetrics).max { $0.quality < $1.quality }
        let text = ranges.filter(\.isText).max { $0.quality < $1.quality }
        let prefersOpen = open.map { $0.quality > 0 && $0.quality >= text?.quality ?? 0 } ?? false
        let chosen = prefersOpen ? open : text
        self.init(
            prefersOpen ? .openMetrics : .prometheus,
            quotesNames: chosen?.parameters["escaping"] == "allow-utf-8")
    }

    /// For the answer's header.
    public var contentType: String {
        let escaping = quotesNames ? "; escaping=allow-utf-8" : ""
        return switch format {
        case .openMetrics:
            "application/openmetrics-text; version=1.0.0; charset=utf-8" + escaping
        case .prometheus:
            "text/plain; version=\(quotesNames ? "1.0.0" : "0.0.4"); charset=utf-8" + escaping
        }
    }
}

/// One entry of an `Accept` header.
private struct MediaRange {
    var type: String
    var parameters: [String: String] = [:]

    init(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        type = parts.first?.lowercased() ?? ""
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            parameters[pair[0].lowercased()] = pair[1].lowercased().filter { $0 != "\"" }
        }
    }

    /// 0…1; 1 unless it says.
    var quality: Double {
        guard let text = parameters["q"] else { return 1 }
        return Double(text).map { min(max($0, 0), 1) } ?? 0
    }

    var isOpenMetrics: Bool {
        type == "application/openmetrics-text" && parameters["version", default: "1.0.0"] == "1.0.0"
    }

    var isText: Bool { ["text/plain", "text/*", "*/*"].contains(type) }
}
