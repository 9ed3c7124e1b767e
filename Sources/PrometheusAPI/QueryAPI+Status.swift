import PromQL
import TimeSeries

extension QueryAPI {
    /// The version of Prometheus whose API and language this is. Clients choose by it what they ask
    /// for.
    public static let compatibleVersion = "3.0.0"

    /// `targets`: what is collected, and how the last collection went.
    func targets(_ parameters: APIParameters) throws(APIFailure) -> APIReply {
        let state = parameters["state"].lowercased()
        let pool = parameters["scrapePool"]
        let isWanted = state != "dropped"
        let targets = isWanted ? sources.targets() : []
        return try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            try json.object { json throws(APIFailure) in
                json.key("activeTargets")
                let chosen = targets.lazy.filter { pool.isEmpty || $0.pool == pool }
                try json.array(chosen) { json, target throws(APIFailure) in
                    try json.target(target)
                }
                json.key("droppedTargets")
                try json.strings([])
            }
        }
    }

    /// `status/buildinfo`.
    func buildInfo() throws(APIFailure) -> APIReply {
        let facts = sources.facts()
        return try texts([
            ("version", Self.compatibleVersion), ("revision", "dogwatch \(facts.version)"),
            ("branch", ""), ("buildUser", ""), ("buildDate", ""), ("goVersion", ""),
        ])
    }

    /// `status/runtimeinfo`, without what only Go's runtime has.
    func runtimeInfo(at now: Timestamp) throws(APIFailure) -> APIReply {
        let facts = sources.facts()
        return try texts([
            ("startTime", CivilTime.text(facts.startedAt)), ("serverTime", CivilTime.text(now)),
            ("storageRetention", DurationText.text(milliseconds: facts.retention.milliseconds)),
        ])
    }

    /// `status/flags`: those that have a meaning here.
    func flags() throws(APIFailure) -> APIReply {
        let facts = sources.facts()
        let lookBack = EngineOptions().lookBack
        return try texts([
            ("query.lookback-delta", DurationText.text(milliseconds: lookBack.milliseconds)),
            ("query.max-concurrency", "\(facts.concurrency)"),
            ("query.max-samples", "\(limits.samples)"),
            ("query.timeout", DurationText.text(milliseconds: limits.time.milliseconds)),
            (
                "storage.tsdb.retention.time",
                DurationText.text(milliseconds: facts.retention.milliseconds)
            ),
        ])
    }

    private func texts(_ fields: [(String, String)]) throws(APIFailure) -> APIReply {
        try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            try json.object { json throws(APIFailure) in
                for (name, value) in fields { json.field(name, value) }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func target(_ target: TargetReport) throws(APIFailure) {
        try object { json throws(APIFailure) in
            json.key("discoveredLabels")
            json.labels(target.discoveredLabels)
            json.key("labels")
            json.labels(target.labels)
            json.field("scrapePool", target.pool)
            json.field("scrapeUrl", target.url)
            json.field("globalUrl", target.url)
            json.field("lastError", target.lastError)
            json.field("lastScrape", target.lastScrape.map(CivilTime.text) ?? CivilTime.never)
            json.field("lastScrapeDuration", target.lastScrapeDuration)
            json.field("health", target.health.rawValue)
            json.field("scrapeInterval", target.interval.text)
            json.field("scrapeTimeout", target.timeout.text)
        }
    }
}

extension Duration {
    fileprivate var text: String { DurationText.text(milliseconds: milliseconds) }
}
