import Targets

/// `GET /version`: what the engine is, and which versions of its API it serves.
struct VersionReply: Decodable {
    struct Component: Decodable {
        var name: String?
        var version: String?

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case version = "Version"
        }
    }

    var version: String?
    var apiVersion: String?
    var minimumAPIVersion: String?
    var components: [Component]?

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case apiVersion = "ApiVersion"
        case minimumAPIVersion = "MinAPIVersion"
        case components = "Components"
    }
}

/// `GET /info`: the machine that the engine runs on.
struct InfoReply: Decodable {
    var cores: Double?
    /// Bytes.
    var memory: Double?

    enum CodingKeys: String, CodingKey {
        case cores = "NCPU"
        case memory = "MemTotal"
    }
}

/// What an engine sends beside a status that is not 200.
struct ErrorReply: Decodable {
    var message: String?
}

/// One entry of `GET /containers/json?all=1`.
struct ContainerEntry: Decodable {
    var id: String
    var names: [String]?
    var image: String?
    var imageID: String?
    /// "running", "exited", …
    var state: String?
    /// "Up 5 seconds (healthy)", "Exited (1) 3 minutes ago".
    var status: String?
    var labels: [String: String]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case state = "State"
        case status = "Status"
        case labels = "Labels"
    }

    /// The name without its slash. Links add names with a second slash, which belong to others.
    var name: String {
        let all = (names ?? []).map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        return all.first { !$0.contains("/") } ?? all.first ?? String(id.prefix(12))
    }
}

/// The part of `GET /containers/ID/json` that is watched. Environment, command and mounts are never
/// read.
struct Inspection: Decodable, Equatable {
    struct Check: Decodable, Equatable {
        var exitCode: Double?
        var output: String?

        enum CodingKeys: String, CodingKey {
            case exitCode = "ExitCode"
            case output = "Output"
        }
    }

    struct Health: Decodable, Equatable {
        var status: String?
        var failingStreak: Double?
        var log: [Check]?

        enum CodingKeys: String, CodingKey {
            case status = "Status"
            case failingStreak = "FailingStreak"
            case log = "Log"
        }
    }

    struct State: Decodable, Equatable {
        var status: String?
        var oomKilled: Bool?
        var exitCode: Double?
        /// Why it did not start, in the engine's words.
        var error: String?
        var startedAt: String?
        var finishedAt: String?
        var health: Health?

        enum CodingKeys: String, CodingKey {
            case status = "Status"
            case oomKilled = "OOMKilled"
            case exitCode = "ExitCode"
            case error = "Error"
            case startedAt = "StartedAt"
            case finishedAt = "FinishedAt"
            case health = "Health"
        }
    }

    struct RestartPolicy: Decodable, Equatable {
        /// "always", "unless-stopped", "on-failure", "no" or "".
        var name: String?

        enum CodingKeys: String, CodingKey { case name = "Name" }
    }

    struct HostConfig: Decodable, Equatable {
        /// Billionths of a core; 0 means none.
        var nanoCPUs: Double?
        /// Microseconds per period; 0 and -1 mean none.
        var cpuQuota: Double?
        var cpuPeriod: Double?
        var cpuShares: Double?
        /// Bytes; 0 means none.
        var memory: Double?
        var memoryReservation: Double?
        /// null, 0 and -1 mean none.
        var pidsLimit: Double?
        var restartPolicy: RestartPolicy?

        enum CodingKeys: String, CodingKey {
            case nanoCPUs = "NanoCpus"
            case cpuQuota = "CpuQuota"
            case cpuPeriod = "CpuPeriod"
            case cpuShares = "CpuShares"
            case memory = "Memory"
            case memoryReservation = "MemoryReservation"
            case pidsLimit = "PidsLimit"
            case restartPolicy = "RestartPolicy"
        }
    }

    struct Config: Decodable, Equatable {
        /// The image as it was asked for; the list shows an id once the tag has moved on.
        var image: String?

        enum CodingKeys: String, CodingKey { case image = "Image" }
    }

    var created: String?
    var restartCount: Double?
    var state: State?
    var hostConfig: HostConfig?
    var config: Config?
    var isolation: ContainerIsolation?

    enum CodingKeys: String, CodingKey {
        case created = "Created"
        case restartCount = "RestartCount"
        case state = "State"
        case hostConfig = "HostConfig"
        case config = "Config"
    }
}

extension Inspection {
    init(from decoder: any Decoder) throws {
        let reply = try decoder.container(keyedBy: CodingKeys.self)
        created = try reply.decodeIfPresent(String.self, forKey: .created)
        restartCount = try reply.decodeIfPresent(Double.self, forKey: .restartCount)
        state = try reply.decodeIfPresent(State.self, forKey: .state)
        hostConfig = try reply.decodeIfPresent(HostConfig.self, forKey: .hostConfig)
        config = try reply.decodeIfPresent(Config.self, forKey: .config)
        isolation = try? IsolationReply(from: decoder).isolation
    }
}

/// One line of `GET /events`.
struct EventReply: Decodable {
    struct Actor: Decodable {
        var id: String?
        var attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case attributes = "Attributes"
        }
    }

    var type: String?
    var action: String?
    var actor: Actor?
    var time: Double?
    /// Nanoseconds since the epoch: beyond what a Double holds exactly.
    var timeNano: Int64?

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case action = "Action"
        case actor = "Actor"
        case time, timeNano
    }
}
