import Targets
import TimeSeries

/// A scan of one container image.
///
/// Source: Trivy's documentation, "Reporting", schema version 2.
public struct TrivyReport: Sendable, Hashable {
    public var artifact: String
    /// nil in reports of versions that did not write it.
    public var createdAt: Timestamp?
    /// What the image is known by: its own id and the digests of its manifests, "sha256:…".
    public var identifiers: Set<String>
    public var system: System?
    /// Whether packages of a system or of a language were looked at: without them nothing is found
    /// anywhere.
    public var hasPackages: Bool
    public var vulnerabilities: [Vulnerability]
    /// Accepted in a file of the scanner's.
    public var suppressed: Int
    /// What was baked in: rule or name and place, never the secret itself.
    public var secrets: [String]
    /// Names in its environment and its build that have a secret for a value.
    public var literalNames: Set<String>
    public var layers: Int

    public struct System: Sendable, Hashable {
        /// "alpine 3.20"
        public var name: String
        /// Left out by the scanner where it is not so.
        public var isUnmaintained: Bool
    }

    public struct Vulnerability: Sendable, Hashable {
        public var id: String
        public var package: String
        public var version: String
        /// nil for "UNKNOWN".
        public var severity: Severity?
        public var isFixable: Bool
    }

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        self.init(try decoded(Wire.self, from: bytes))
        guard !identifiers.isEmpty else {
            throw ReportFault("it does not say which image it is about", at: "Metadata.ImageID")
        }
    }

    private init(_ wire: Wire) {
        let results = wire.Results ?? []
        let image = wire.Metadata?.ImageConfig
        artifact = cleaned(wire.ArtifactName ?? "", limit: 120)
        createdAt = wire.CreatedAt.flatMap { Timestamp(rfc3339: $0) }
        identifiers = Self.identifiers(wire.Metadata)
        system = wire.Metadata?.OS.map { system in
            System(
                name: cleaned("\(system.Family) \(system.Name ?? "")", limit: 60),
                isUnmaintained: system.EOSL ?? false)
        }
        hasPackages = results.contains { ["os-pkgs", "lang-pkgs"].contains($0.Class) }
        vulnerabilities = results.flatMap { $0.Vulnerabilities ?? [] }.map { found in
            Vulnerability(
                id: cleaned(found.VulnerabilityID, limit: 40),
                package: cleaned(found.PkgName, limit: 80),
                version: cleaned(found.InstalledVersion ?? "", limit: 80),
                severity: Severity(rawValue: (found.Severity ?? "").lowercased()),
                isFixable: found.FixedVersion?.isEmpty == false)
        }
        suppressed = results.reduce(0) { $0 + ($1.ExperimentalModifiedFindings?.count ?? 0) }
        let literals = ImageLiterals.all(
            environment: image?.config?.Env, history: image?.history)
        literalNames = Set(literals.map(\.name))
        secrets =
            results.flatMap { result in
                (result.Secrets ?? []).map { secret in
                    cleaned("\(secret.RuleID) in \(result.Target ?? "")", limit: 120)
                }
            } + Set(literals.map(\.description)).sorted()
        layers = image?.history?.count ?? 0
    }

    private static func identifiers(_ metadata: Wire.Metadata?) -> Set<String> {
        let digests = (metadata?.RepoDigests ?? []).compactMap { digest in
            digest.firstIndex(of: "@").map { String(digest[digest.index(after: $0)...]) }
        }
        let all = digests + [metadata?.ImageID].compactMap(\.self)
        return Set(all.map { cleaned($0, limit: 100) }.filter { $0.hasPrefix("sha256:") })
    }
}

/// Secret-like names with a literal value in an image's environment or in the commands that built
/// it. The values are dropped.
enum ImageLiterals {
    static func all(
        environment: [String]?, history: [TrivyReport.Wire.Step]?
    ) -> [SecretLiteral] {
        let steps = (history ?? []).compactMap(\.created_by).filter { step in
            step.contains("ENV ") || step.contains("ARG ") || step.hasPrefix("RUN |")
        }
        let words = steps.flatMap { $0.split(separator: " ").map(String.init) }
        let found = SecretLiteral.all(inEnvironment: environment ?? [])
        let baked = SecretLiteral.all(inEnvironment: words)
        return found + baked
    }
}

extension TrivyReport {
    /// The document, with its own names.
    struct Wire: Decodable {
        var ArtifactName: String?
        var CreatedAt: String?
        var Metadata: Metadata?
        var Results: [Result]?

        struct Metadata: Decodable {
            var OS: System?
            var ImageID: String?
            var RepoDigests: [String]?
            var ImageConfig: Image?
        }

        struct System: Decodable {
            var Family: String
            var Name: String?
            var EOSL: Bool?
        }

        struct Image: Decodable {
            var config: Settings?
            var history: [Step]?
        }

        struct Settings: Decodable {
            var Env: [String]?
        }

        struct Step: Decodable {
            var created_by: String?
        }

        struct Result: Decodable {
            var Target: String?
            var Class: String
            var Vulnerabilities: [Found]?
            var Secrets: [Secret]?
            var ExperimentalModifiedFindings: [Ignored]?
        }

        struct Found: Decodable {
            var VulnerabilityID: String
            var PkgName: String
            var InstalledVersion: String?
            var FixedVersion: String?
            var Severity: String?
        }

        struct Secret: Decodable {
            var RuleID: String
        }

        struct Ignored: Decodable {}
    }
}
