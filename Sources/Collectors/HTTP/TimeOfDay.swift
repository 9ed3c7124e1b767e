import Glibc
import TimeSeries

/// The time of day, for what is shown and compared with certificates.
func timeOfDay() -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
}

/// The 4 or 16 bytes of a numeric address, none for another text.
func addressBytes(_ address: String) -> [UInt8] {
    let isLong = address.contains(":")
    var bytes = [UInt8](repeating: 0, count: isLong ? 16 : 4)
    return inet_pton(isLong ? AF_INET6 : AF_INET, address, &bytes) == 1 ? bytes : []
}
