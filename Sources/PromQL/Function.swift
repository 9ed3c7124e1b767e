/// The functions of PromQL that work on floats and classic histograms.
enum Function: String, Hashable, Sendable, CaseIterable {
    case abs, absent, acos, acosh, asin, asinh, atan, atanh, ceil, changes, clamp, cos, cosh, deg
    case delta, deriv, exp, floor, hour, idelta, increase, irate, ln, log2, log10, minute, month, pi
    case rad, rate, resets, round, scalar, sgn, sin, sinh, sort, sqrt, tan, tanh, time, timestamp
    case vector, year
    case absentOverTime = "absent_over_time"
    case avgOverTime = "avg_over_time"
    case clampMax = "clamp_max"
    case clampMin = "clamp_min"
    case countOverTime = "count_over_time"
    case dayOfMonth = "day_of_month"
    case dayOfWeek = "day_of_week"
    case dayOfYear = "day_of_year"
    case daysInMonth = "days_in_month"
    case doubleExponentialSmoothing = "double_exponential_smoothing"
    case firstOverTime = "first_over_time"
    case histogramFraction = "histogram_fraction"
    case histogramQuantile = "histogram_quantile"
    case histogramQuantiles = "histogram_quantiles"
    case labelJoin = "label_join"
    case labelReplace = "label_replace"
    case lastOverTime = "last_over_time"
    case madOverTime = "mad_over_time"
    case maxOverTime = "max_over_time"
    case minOverTime = "min_over_time"
    case predictLinear = "predict_linear"
    case presentOverTime = "present_over_time"
    case quantileOverTime = "quantile_over_time"
    case sortByLabel = "sort_by_label"
    case sortByLabelDesc = "sort_by_label_desc"
    case sortDesc = "sort_desc"
    case stddevOverTime = "stddev_over_time"
    case stdvarOverTime = "stdvar_over_time"
    case sumOverTime = "sum_over_time"
    case tsOfFirstOverTime = "ts_of_first_over_time"
    case tsOfLastOverTime = "ts_of_last_over_time"
    case tsOfMaxOverTime = "ts_of_max_over_time"
    case tsOfMinOverTime = "ts_of_min_over_time"

    /// Functions of Prometheus that are known and not offered, with what they need.
    static let unsupported: [String: String] = [
        "histogram_avg": "histogram_avg() on native histograms",
        "histogram_count": "histogram_count() on native histograms",
        "histogram_sum": "histogram_sum() on native histograms",
        "histogram_stddev": "histogram_stddev() on native histograms",
        "histogram_stdvar": "histogram_stdvar() on native histograms",
        "info": "the experimental function info()",
        "start": "the experimental function start()",
        "end": "the experimental function end()",
        "step": "the experimental function step()",
        "range": "the experimental function range()",
        "integral": "the experimental function integral()",
        "max_of": "the experimental function max_of()",
        "min_of": "the experimental function min_of()",
        "timeseries_gen": "the experimental function timeseries_gen()",
    ]
}

/// What a function takes and gives.
struct Signature: Sendable {
    var arguments: [ValueKind]
    /// How many of the last arguments may be left out.
    var optional = 0
    /// True when the last argument may be repeated.
    var repeats = false
    var result = ValueKind.vector
}

extension Function {
    var signature: Signature {
        switch self {
        case .pi, .time: Signature(arguments: [], result: .scalar)
        case .scalar: Signature(arguments: [.vector], result: .scalar)
        case .vector: Signature(arguments: [.scalar])
        case .clamp: Signature(arguments: [.vector, .scalar, .scalar])
        case .clampMax, .clampMin: Signature(arguments: [.vector, .scalar])
        case .round: Signature(arguments: [.vector, .scalar], optional: 1)
        case .histogramQuantile: Signature(arguments: [.scalar, .vector])
        case .histogramQuantiles:
            Signature(arguments: [.vector, .string, .scalar], repeats: true)
        case .histogramFraction: Signature(arguments: [.scalar, .scalar, .vector])
        case .labelReplace: Signature(arguments: [.vector, .string, .string, .string, .string])
        case .labelJoin:
            Signature(arguments: [.vector, .string, .string, .string], optional: 1, repeats: true)
        case .sortByLabel, .sortByLabelDesc:
            Signature(arguments: [.vector, .string], optional: 1, repeats: true)
        case .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth, .hour, .minute, .month, .year:
            Signature(arguments: [.vector], optional: 1)
        case .predictLinear: Signature(arguments: [.matrix, .scalar])
        case .quantileOverTime: Signature(arguments: [.scalar, .matrix])
        case .doubleExponentialSmoothing: Signature(arguments: [.matrix, .scalar, .scalar])
        case _ where takesRange: Signature(arguments: [.matrix])
        default: Signature(arguments: [.vector])
        }
    }

    /// True for functions of one range of samples and perhaps scalars.
    var takesRange: Bool {
        switch self {
        case .absentOverTime, .avgOverTime, .changes, .countOverTime, .delta, .deriv,
            .doubleExponentialSmoothing, .firstOverTime, .idelta, .increase, .irate,
            .lastOverTime, .madOverTime, .maxOverTime, .minOverTime, .predictLinear,
            .presentOverTime, .quantileOverTime, .rate, .resets, .stddevOverTime,
            .stdvarOverTime, .sumOverTime, .tsOfFirstOverTime, .tsOfLastOverTime,
            .tsOfMaxOverTime, .tsOfMinOverTime:
            true
        default: false
        }
    }
}
