import PromQL
import TimeSeries

extension Value {
    /// What the API has as `data` of a query: `{"resultType":…,"result":…}`, however long.
    ///
    /// - Parameter time: of the evaluation, for what is no matrix.
    public func apiData(at time: Timestamp) -> [UInt8] {
        var json = JSONWriter(limit: .max)
        // Only the limit can fail.
        try? json.result(self, at: time.milliseconds)
        return json.bytes
    }
}

extension Double {
    /// As the API writes an element's value: all digits that tell it from other numbers, without an
    /// exponent from 1e-6 up to 1e21.
    public var apiText: String {
        var bytes: [UInt8] = []
        bytes.appendElement(self)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    /// `{"resultType":…,"result":…}`.
    mutating func result(_ value: Value, at time: Int64) throws(APIFailure) {
        try object { json throws(APIFailure) in
            switch value {
            case .scalar(let number):
                json.resultType("scalar")
                json.point(time, number, inFull: true)
            case .string(let text):
                json.resultType("string")
                json.point(time, text)
            case .vector(let elements):
                json.resultType("vector")
                try json.array(elements) { json, element throws(APIFailure) in
                    try json.element(element, at: time)
                }
            case .matrix(let series):
                json.resultType("matrix")
                try json.array(series) { json, series throws(APIFailure) in
                    try json.series(series)
                }
            }
        }
    }

    private mutating func resultType(_ name: String) {
        field("resultType", name)
        key("result")
    }

    private mutating func element(_ element: VectorElement, at time: Int64) throws(APIFailure) {
        try object { json throws(APIFailure) in
            json.key("metric")
            json.labels(element.labels)
            json.key("value")
            json.point(time, element.value)
        }
    }

    private mutating func series(_ series: RangeSeries) throws(APIFailure) {
        try object { json throws(APIFailure) in
            json.key("metric")
            json.labels(series.labels)
            json.key("values")
            json.points(series.samples)
        }
    }
}
