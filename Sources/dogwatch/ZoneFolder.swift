import Alerting

/// The time zones of this machine, each read once.
struct ZoneFolder {
    private let folder: String
    private var zones: [String: TimeZoneRules] = ["UTC": .utc]

    init(folder: String = "/usr/share/zoneinfo") { self.folder = folder }

    /// The rules of a zone of the IANA database, such as "Europe/Berlin".
    mutating func zone(_ name: String) throws(ScriptFault) -> TimeZoneRules {
        if let known = zones[name] { return known }
        guard Self.isName(name) else { throw ScriptFault("\"\(name)\" is no name of a time zone") }
        let bytes: [UInt8]
        do throws(FileFault) {
            bytes = try readFile("\(folder)/\(name)", limit: 1 << 20)
        } catch {
            throw ScriptFault(
                "the time zone \"\(name)\" cannot be read from \(folder): \(error)")
        }
        do throws(TimeZoneFault) {
            let zone = try TimeZoneRules(parsing: bytes)
            zones[name] = zone
            return zone
        } catch {
            throw ScriptFault("the time zone \"\(name)\" cannot be used: \(error)")
        }
    }

    /// No name leads out of the folder.
    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".")
                && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        }
    }
}
