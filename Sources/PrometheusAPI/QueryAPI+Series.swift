import TimeSeries

extension QueryAPI {
    /// `series`: the label sets that any of the selectors passes.
    func series(_ parameters: APIParameters) throws(APIFailure) -> APIReply {
        let selectors = try parameters.selectors()
        guard !selectors.isEmpty else {
            throw APIFailure(.badData, "no match[] parameter provided")
        }
        let (from, through) = try parameters.span()
        let limit = try parameters.limit()
        var found: Set<Labels> = []
        for selector in selectors {
            found.formUnion(
                try read { try sources.store.labelSets(selector, from: from, through: through) })
        }
        return try list(found.sorted(), limit: limit) { json, labels in json.labels(labels) }
    }

    /// `labels`: the names of all labels, or of those of the series that a selector passes.
    func labels(_ parameters: APIParameters) throws(APIFailure) -> APIReply {
        try names(parameters) { selector, from, through in
            try sources.store.labelNames(selector, from: from, through: through)
        }
    }

    /// `label/…/values`. A name that begins with `U__` is one in the escaping of such names.
    func labelValues(_ name: String, _ parameters: APIParameters) throws(APIFailure) -> APIReply {
        guard !name.isEmpty, let name = Self.unescaped(name) else {
            throw APIFailure(.badData, "invalid label name: \(name.quoted)")
        }
        return try names(parameters) { selector, from, through in
            try sources.store.labelValues(name, selector, from: from, through: through)
        }
    }

    private func names(
        _ parameters: APIParameters,
        _ look: ([Matcher], Timestamp, Timestamp) throws -> [String]
    ) throws(APIFailure) -> APIReply {
        let selectors = try parameters.selectors()
        let (from, through) = try parameters.span()
        let limit = try parameters.limit()
        guard selectors.count > 1 else {
            let names = try read { try look(selectors.first ?? [], from, through) }
            return try list(names, limit: limit) { json, name in json.string(name) }
        }
        var found: Set<String> = []
        for selector in selectors {
            found.formUnion(try read { try look(selector, from, through) })
        }
        return try list(found.sorted(), limit: limit) { json, name in json.string(name) }
    }

    private func read<Result>(_ body: () throws -> Result) throws(APIFailure) -> Result {
        do {
            return try body()
        } catch {
            throw APIFailure(.internal, "samples could not be read: \(error)")
        }
    }

    private func list<Element>(
        _ elements: [Element], limit: Int?, _ write: (inout JSONWriter, Element) -> Void
    ) throws(APIFailure) -> APIReply {
        let kept = elements.prefix(limit ?? .max)
        return try APIReply(
            limit: limits.bytes, warnings: kept.count < elements.count ? [Self.truncated] : []
        ) { json throws(APIFailure) in
            try json.array(kept) { json, element throws(APIFailure) in write(&json, element) }
        }
    }

    /// Undoes the escaping of names for paths: `__` is `_`, `_2e_` the character with that number.
    /// nil where it is no such escaping. Source: Prometheus, "UTF-8 in metric and label names".
    static func unescaped(_ name: String) -> String? {
        guard name.hasPrefix("U__") else { return name }
        var result = ""
        var rest = name.dropFirst(3)
        while let next = rest.popFirst() {
            guard next == "_" else {
                result.append(next)
                continue
            }
            let inside = rest.prefix { $0 != "_" }
            guard inside.count <= 8, inside.count < rest.count else { return nil }
            rest = rest.dropFirst(inside.count + 1)
            if inside.isEmpty {
                result.append("_")
            } else {
                guard let scalar = UInt32(inside, radix: 16).flatMap(Unicode.Scalar.init) else {
                    return nil
                }
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `metadata`: type and help of metrics, by name.
    func metadata(_ parameters: APIParameters) throws(APIFailure) -> APIReply {
        let limit = try parameters.limit()
        let perMetric = try parameters.limit("limit_per_metric") ?? 1
        let metric = parameters["metric"]
        let all = sources.store.allMetadata.filter { metric.isEmpty || $0.name == metric }
        return try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            try json.object { json throws(APIFailure) in
                for entry in all.prefix(limit ?? .max) {
                    json.key(entry.name)
                    try json.array([entry].prefix(perMetric)) { json, entry throws(APIFailure) in
                        try json.metadata(entry)
                    }
                    try json.check()
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func metadata(_ metadata: MetricMetadata) throws(APIFailure) {
        try object { json throws(APIFailure) in
            json.field("type", metadata.type.rawValue)
            json.field("help", metadata.help)
            json.field("unit", "")
        }
    }
}
