import Targets
import TimeSeries

/// What a backup tool keeps of one cluster.
public struct BackupList: Sendable, Hashable {
    /// The stanza; "" for a tool that has none.
    public var name: String
    /// What the tool itself says is wrong: "2: no valid backups".
    public var fault: String?
    /// Identifiers of the cluster as it is now, one for each repository.
    public var systems: Set<String>
    public var backups: [Backup]
    public var encryption: Encryption
    /// The newest WAL segment of each repository.
    public var newestSegments: [String]

    public struct Backup: Sendable, Hashable {
        public var label: String
        public var stop: Timestamp
        /// nil where the tool does not say.
        public var isDamaged: Bool?
        /// Of the cluster that it is of.
        public var system: String?
    }

    /// Those of the cluster as it is now: one from before an upgrade restores another one.
    var ownBackups: [Backup] { backups.filter { $0.system.map(systems.contains) ?? false } }

    public enum Encryption: Sendable, Hashable {
        /// The cipher of each repository; nil for none.
        case ciphers([String?])
        case notReported
    }

    /// `pgbackrest info --output=json`: one list for each stanza. Source: pgBackRest's user guide, "Get
    /// backup information", and its command reference.
    public static func pgBackRest(_ bytes: [UInt8]) throws(ReportFault) -> [BackupList] {
        var lists: [BackupList] = []
        for (index, stanza) in try decoded([Stanza].self, from: bytes).enumerated() {
            lists.append(try BackupList(stanza, at: "[\(index)]"))
        }
        return lists
    }

    /// `wal-g backup-list --detail --json`: one list, as it has one repository. A backup is listed once
    /// it is complete.
    public static func walG(_ bytes: [UInt8]) throws(ReportFault) -> [BackupList] {
        let entries = try decoded([WalGBackup].self, from: bytes)
        var backups: [Backup] = []
        for (index, entry) in entries.enumerated() {
            guard let stop = Timestamp(rfc3339: entry.finish_time) else {
                throw ReportFault("it is no time", at: "[\(index)].finish_time")
            }
            backups.append(
                Backup(
                    label: cleaned(entry.backup_name, limit: 80), stop: stop, isDamaged: false,
                    system: entry.system_identifier.map { "\($0)" }))
        }
        guard !backups.isEmpty else { return [] }
        let newest = backups.max { $0.stop < $1.stop }
        return [
            BackupList(
                name: "", systems: Set([newest?.system].compactMap(\.self)), backups: backups,
                encryption: .notReported, newestSegments: [])
        ]
    }
}

extension BackupList {
    private init(_ stanza: Stanza, at place: String) throws(ReportFault) {
        let databases = stanza.db ?? []
        name = cleaned(stanza.name, limit: 60)
        if stanza.status.code != 0 {
            fault = "\(stanza.status.code): " + cleaned(stanza.status.message ?? "", limit: 80)
        }
        // A cluster that was upgraded has a database for each of its lives: the last one counts.
        let current = databases.map(\.id).max()
        systems = Set(databases.filter { $0.id == current }.map { "\($0.system)" })
        backups = []
        for (index, backup) in (stanza.backup ?? []).enumerated() {
            guard let stop = Timestamp(epoch: backup.timestamp.stop) else {
                throw ReportFault("it is no time", at: "\(place).backup[\(index)].timestamp.stop")
            }
            let system = databases.first {
                $0.id == backup.database?.id && $0.repository == backup.database?.repository
            }
            backups.append(
                Backup(
                    label: cleaned(backup.label, limit: 80), stop: stop, isDamaged: backup.error,
                    system: system.map { "\($0.system)" }))
        }
        encryption = Self.encryption(stanza)
        newestSegments = (stanza.archive ?? []).filter { archive in
            archive.database.map { $0.id == current } ?? true
        }
        .compactMap { $0.max.map { cleaned($0, limit: 24) } }
    }

    private static func encryption(_ stanza: Stanza) -> Encryption {
        let ciphers = (stanza.repo ?? []).compactMap(\.cipher)
        if !ciphers.isEmpty, ciphers.count == stanza.repo?.count {
            return .ciphers(ciphers.map { $0 == "none" ? nil : cleaned($0, limit: 30) })
        }
        guard let cipher = stanza.cipher, cipher != "mixed" else { return .notReported }
        return .ciphers([cipher == "none" ? nil : cleaned(cipher, limit: 30)])
    }
}

/// The documents, with their own names.
private struct Stanza: Decodable {
    var name: String
    var status: Status
    var cipher: String?
    var backup: [Backup]?
    var db: [Database]?
    var archive: [Archive]?
    var repo: [Repository]?

    struct Status: Decodable {
        var code: Int
        var message: String?
    }

    struct Backup: Decodable {
        var label: String
        var error: Bool?
        var timestamp: Times
        var database: DatabaseReference?
    }

    struct Times: Decodable {
        var stop: Int64
    }

    struct DatabaseReference: Decodable {
        var id: Int
        var repository: Int?

        enum CodingKeys: String, CodingKey {
            case id
            case repository = "repo-key"
        }
    }

    struct Database: Decodable {
        var id: Int
        var repository: Int?
        var system: UInt64

        enum CodingKeys: String, CodingKey {
            case id
            case repository = "repo-key"
            case system = "system-id"
        }
    }

    struct Archive: Decodable {
        var max: String?
        var database: DatabaseReference?
    }

    struct Repository: Decodable {
        var cipher: String?
    }
}

private struct WalGBackup: Decodable {
    var backup_name: String
    var finish_time: String
    var system_identifier: UInt64?
}
