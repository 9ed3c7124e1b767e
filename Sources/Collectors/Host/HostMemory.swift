/// `/proc/meminfo`: names and values in bytes, or counts where the kernel gives no unit.
struct HostMemory: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        /// As node_exporter has it: "MemTotal_bytes", "Active_anon_bytes", "HugePages_Total".
        var name: String
        var value: Double
    }

    /// More fields are left out; a kernel has about 55.
    private static let limit = 200

    var fields: [Field] = []

    init(parsing text: String) {
        var seen: Set<String> = []
        for row in ProcText.rows(text).prefix(HostMemory.limit) where row.count >= 2 {
            guard row[0].hasSuffix(":"), let value = ProcText.number(row[1]),
                let name = HostMemory.name(row[0].dropLast())
            else { continue }
            let isKilobytes = row.count > 2 && row[2] == "kB"
            let full = isKilobytes ? name + "_bytes" : name
            guard seen.insert(full).inserted else { continue }
            fields.append(Field(name: full, value: isKilobytes ? value * 1024 : value))
        }
    }

    /// "MemTotal" and the like, in bytes.
    func bytes(_ name: String) -> Double? { fields.first { $0.name == name + "_bytes" }?.value }

    /// "Active(anon)" → "Active_anon"; nil for what cannot be part of a metric's name.
    private static func name(_ text: Substring) -> String? {
        let name = String(text.compactMap { $0 == "(" ? "_" : $0 == ")" ? nil : $0 })
        let isPlain = name.utf8.allSatisfy {
            $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                || (0x61...0x7A).contains($0)
        }
        return isPlain && !name.isEmpty && name.utf8.count <= 64 ? name : nil
    }
}

/// `/proc/pressure/{cpu,io,memory}`: how much tasks waited. Source: the kernel's psi.rst.
struct HostPressure: Sendable, Equatable {
    /// Seconds in which some task waited, and all did; since boot.
    var waiting: Double?
    var stalled: Double?
    /// Share of the last ten seconds in which some task waited, 0…1.
    var recent: Double?

    init(parsing text: String) {
        for row in ProcText.rows(text) {
            switch row[0] {
            case "some":
                waiting = HostPressure.value("total=", in: row).map { $0 / 1e6 }
                recent = HostPressure.value("avg10=", in: row).map { $0 / 100 }
            case "full": stalled = HostPressure.value("total=", in: row).map { $0 / 1e6 }
            default: break
            }
        }
    }

    private static func value(_ key: String, in row: [Substring]) -> Double? {
        row.lazy.filter { $0.hasPrefix(key) }
            .compactMap { ProcText.number($0.dropFirst(key.count)) }.first
    }
}
