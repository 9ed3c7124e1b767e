import Targets
import TimeSeries

/// How a secret store is, by `GET /v1/sys/health` or `vault status -format=json`. Source: Vault's API
/// documentation, "/sys/health".
public struct VaultHealth: Sendable, Hashable {
    public var isInitialised: Bool
    public var isSealed: Bool
    public var isStandby: Bool
    /// It was taken out of its cluster.
    public var isRemoved: Bool
    /// A copy for disasters: it serves nobody.
    public var isDisasterCopy: Bool
    /// A standby that cannot reach the active node.
    public var isCutOff: Bool
    public var version: String
    public var cluster: String

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        let wire = try decoded(Wire.self, from: bytes)
        isInitialised = wire.initialized
        isSealed = wire.sealed
        isStandby = wire.standby == true || wire.performance_standby == true
        isRemoved = wire.removed_from_cluster == true
        isDisasterCopy = wire.replication_dr_mode == "secondary"
        isCutOff = wire.ha_connection_healthy == false
        version = cleaned(wire.version ?? "", limit: 20)
        cluster = cleaned(wire.cluster_name ?? "", limit: 60)
    }

    private struct Wire: Decodable {
        var initialized: Bool
        var sealed: Bool
        var standby: Bool?
        var performance_standby: Bool?
        var removed_from_cluster: Bool?
        var replication_dr_mode: String?
        var ha_connection_healthy: Bool?
        var version: String?
        var cluster_name: String?
    }
}

/// Which secrets are in the store, and how old they are. Their values are never asked for. Source:
/// Vault's API documentation, "KV secrets engine - version 2", "Read secret metadata".
///
/// A document is the metadata of one secret, whose path the binding names, or an object of paths with
/// the metadata of each; null is a path that is not there.
public struct VaultMetadata: Sendable, Hashable {
    /// Path → the secret; "" where the document names no path.
    public var secrets: [String: Secret]
    /// Paths that are not in the store.
    public var absent: Set<String>

    public struct Secret: Sendable, Hashable {
        /// When the current version was written; nil when it is deleted or destroyed.
        public var currentSince: Timestamp?
    }

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        secrets = [:]
        absent = []
        if let one = try? decoded(Answer.self, from: bytes) {
            // "No such path", in the words of the API: a list of errors that is empty.
            if one.errors?.isEmpty == true {
                absent = [""]
                return
            }
            if let first = one.errors?.first { throw ReportFault("refused: \(first)") }
            if let data = one.data {
                secrets[""] = try Self.secret(data, at: "data")
                return
            }
        }
        for (path, answer) in try decoded([String: Answer?].self, from: bytes) {
            let path = cleaned(path, limit: 120)
            guard let answer else {
                absent.insert(path)
                continue
            }
            guard let data = answer.data else {
                throw ReportFault("it is missing", at: "\(path).data")
            }
            secrets[path] = try Self.secret(data, at: "\(path).data")
        }
    }

    private static func secret(_ data: Answer.Data, at place: String) throws(ReportFault) -> Secret
    {
        guard let version = data.versions["\(data.current_version)"] else {
            throw ReportFault("it lacks the current one", at: "\(place).versions")
        }
        guard let created = Timestamp(rfc3339: version.created_time) else {
            throw ReportFault("it is no time", at: "\(place).versions.created_time")
        }
        let isGone = version.destroyed == true || version.deletion_time?.isEmpty == false
        return Secret(currentSince: isGone ? nil : created)
    }

    private struct Answer: Decodable {
        var data: Data?
        var errors: [String]?

        struct Data: Decodable {
            var current_version: Int
            var versions: [String: Version]
        }

        struct Version: Decodable {
            var created_time: String
            var deletion_time: String?
            var destroyed: Bool?
        }
    }
}

/// Where accesses to secrets are logged: `GET /v1/sys/audit` or `vault audit list -format=json`.
public struct VaultAudit: Sendable, Hashable {
    /// "file/"
    public var devices: [String]

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        if let answer = try? decoded(Refusal.self, from: bytes), let errors = answer.errors {
            throw ReportFault("refused: \(errors.first ?? "no reason is given")")
        }
        let found: [String: Device]
        if let answer = try? decoded(Answer.self, from: bytes) {
            found = answer.data
        } else {
            found = try decoded([String: Device].self, from: bytes)
        }
        devices = found.keys.map { cleaned($0, limit: 60) }.sorted()
    }

    private struct Refusal: Decodable {
        var errors: [String]?
    }

    private struct Answer: Decodable {
        var data: [String: Device]
    }

    private struct Device: Decodable {
        var type: String
    }
}
