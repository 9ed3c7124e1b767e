import Targets

/// A version of the engine's API, "1.41".
struct APIVersion: Comparable, CustomStringConvertible {
    /// The oldest whose statistics, health and events have the form that is read here.
    static let oldest = APIVersion(major: 1, minor: 24)
    /// The newest that is asked for; a newer engine answers in this version.
    static let newest = APIVersion(major: 1, minor: 47)

    var major: Int
    var minor: Int

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads "1.41"; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]),
            major >= 0, minor >= 0
        else { return nil }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: APIVersion, right: APIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

/// The engine on the other end: whose dialect it speaks, and the API version that both know.
struct EngineIdentity: Equatable {
    enum Dialect: Equatable { case docker, podman }

    var dialect: Dialect
    /// "20.10.24+dfsg1", cleaned.
    var version: String
    var api: APIVersion

    /// "docker 20.10.24+dfsg1"
    var title: String { dialect == .podman ? "podman \(version)" : "docker \(version)" }

    /// Takes the newest version that both sides know; fails with a remedy when there is none.
    init(_ reply: VersionReply) throws(CollectionFailure) {
        let components = reply.components ?? []
        let isPodman = components.contains { ($0.name ?? "").lowercased().contains("podman") }
        dialect = isPodman ? .podman : .docker
        version = cleaned(reply.version ?? "", limit: 40)
        guard let theirs = APIVersion(reply.apiVersion ?? "") else {
            throw CollectionFailure(
                .garbage,
                "the engine names no API version: \(cleaned(reply.apiVersion ?? "", limit: 40))",
                remedy: "check that the address is the socket of a Docker or Podman engine")
        }
        let floor = APIVersion(reply.minimumAPIVersion ?? "") ?? .oldest
        api = min(theirs, .newest)
        try Self.check(theirs: theirs, floor: floor)
    }

    private static func check(theirs: APIVersion, floor: APIVersion) throws(CollectionFailure) {
        if floor > .newest {
            throw CollectionFailure(
                .unavailable,
                "the engine serves API \(floor) to \(theirs); dogwatch knows up to \(APIVersion.newest)",
                remedy: "update dogwatch, or lower the engine's minimum: "
                    + "DOCKER_MIN_API_VERSION=\(APIVersion.newest) in dockerd's environment")
        }
        if theirs < .oldest {
            throw CollectionFailure(
                .unavailable,
                "the engine serves API \(theirs); dogwatch needs \(APIVersion.oldest) or newer",
                remedy: "update the engine to Docker 1.12 or newer")
        }
    }
}
