import Glibc
import TimeSeries

extension Timestamp {
    /// "2026-01-02T03:04:05Z": ISO 8601 in UTC, to the second.
    public var text: String {
        let date = utc
        return "\(date.tm_year + 1900)-\(two(date.tm_mon + 1))-\(two(date.tm_mday))T\(timeText)Z"
    }

    /// "03:04:05", in UTC.
    public var timeText: String {
        let date = utc
        return "\(two(date.tm_hour)):\(two(date.tm_min)):\(two(date.tm_sec))"
    }

    private var utc: tm {
        var seconds = time_t((Double(milliseconds) / 1000).rounded(.down))
        var date = tm()
        gmtime_r(&seconds, &date)
        return date
    }
}

private func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
