import Targets

/// What `CLIENT LIST` said: one line a client, `key=value` parts between spaces. Unknown keys are
/// skipped, missing ones leave their default; a line without an address is no client.
enum RedisClientList {
    /// The clients that hold the most memory, the largest first, at most `limit`.
    static func top(_ text: [UInt8], limit: Int = 20) -> [RedisDetail.Client] {
        var best: [(memory: Double, line: ArraySlice<UInt8>)] = []
        for line in text.split(separator: 0x0A) {
            let memory = number("tot-mem", in: line) ?? number("omem", in: line) ?? 0
            if best.count == limit, memory <= best[limit - 1].memory { continue }
            let place = best.firstIndex { $0.memory < memory } ?? best.endIndex
            best.insert((memory, line), at: place)
            if best.count > limit { best.removeLast() }
        }
        return best.compactMap { client($0.line, memory: $0.memory) }
    }

    private static func client(_ line: ArraySlice<UInt8>, memory: Double) -> RedisDetail.Client? {
        guard let address = value("addr", in: line) else { return nil }
        var client = RedisDetail.Client()
        client.address = cleaned(address, limit: 64)
        client.name = cleaned(value("name", in: line) ?? [], limit: 64)
        client.user = cleaned(value("user", in: line) ?? [], limit: 64)
        client.command = cleaned(value("cmd", in: line) ?? [], limit: 64)
        client.database = number("db", in: line).flatMap { Int(exactly: $0) } ?? 0
        client.ageSeconds = number("age", in: line) ?? 0
        client.idleSeconds = number("idle", in: line) ?? 0
        client.memoryBytes = memory
        return client
    }

    private static func number(_ key: StaticString, in line: ArraySlice<UInt8>) -> Double? {
        guard let digits = value(key, in: line) else { return nil }
        let value = Double(String(decoding: digits.prefix(32), as: UTF8.self))
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The value after `key=`, where that starts the line or follows a space.
    private static func value(
        _ key: StaticString, in line: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8>? {
        key.withUTF8Buffer { key in
            line.withUnsafeBufferPointer { bytes in
                var start = 0
                while start + key.count < bytes.count {
                    let end = start + key.count
                    if bytes[end] == UInt8(ascii: "="),
                        (0..<key.count).allSatisfy({ bytes[start + $0] == key[$0] })
                    {
                        let rest = bytes[(end + 1)...].prefix { $0 != 0x20 && $0 != 0x0D }
                        let from = line.startIndex + end + 1
                        return line[from..<(from + rest.count)]
                    }
                    guard let space = bytes[start...].firstIndex(of: 0x20) else { return nil }
                    start = space + 1
                }
                return nil
            }
        }
    }
}
