/// The Redis commands that a plan may run: each reads one number or one short text, and takes no time.
public enum RedisReading {
    /// How many words follow each.
    public static let arguments: [String: Int] = [
        "PING": 0, "DBSIZE": 0, "LASTSAVE": 0, "LLEN": 1, "SCARD": 1, "HLEN": 1, "ZCARD": 1,
        "XLEN": 1, "STRLEN": 1, "EXISTS": 1, "TTL": 1, "TYPE": 1,
    ]

    public static var list: String { arguments.keys.sorted().joined(separator: ", ") }
}
