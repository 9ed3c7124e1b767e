import Alerting
import Configuration

/// The time zones of this machine, each read once.
struct ZoneFolder {
    private var zones: [String: TimeZoneRules] = ["UTC": .utc]

    /// The rules of a zone of the IANA database, such as "Europe/Berlin".
    mutating func zone(_ name: String) throws(ScriptFault) -> TimeZoneRules {
        if let known = zones[name] { return known }
        switch systemZone(name) {
        case .success(let zone):
            zones[name] = zone
            return zone
        case .failure(let failure):
            throw ScriptFault("the time zone \"\(name)\" cannot be used: \(failure)")
        }
    }
}
