/// The facts behind a target's row, by kind: what its pane and its detail show beyond series.
public enum TargetDetail: Sendable, Codable, Equatable {
    case probe(ProbeDetail)
    case postgres(PostgresDetail)
    case redis(RedisDetail)
    case containers(ContainersDetail)
    case host(HostDetail)
    case scrape(ScrapeDetail)
    case command(CommandDetail)
}

/// One HTTP or TCP try.
public struct ProbeDetail: Sendable, Codable, Equatable {
    /// Seconds spent in each phase; nil when the phase was not reached or not needed.
    public struct Phases: Sendable, Codable, Equatable {
        public var resolve: Double?
        public var connect: Double?
        public var tls: Double?
        /// From the request sent to the first byte of the answer.
        public var wait: Double?
        public var transfer: Double?

        public init() {}
    }

    public struct Certificate: Sendable, Codable, Equatable {
        /// "TLS 1.3"
        public var version: String
        public var cipher: String?
        public var subject: String
        public var issuer: String
        /// Seconds since the epoch: of the leaf, and the earliest of the chain.
        public var expires: Double
        public var chainExpires: Double
        public var subjectAlternativeNames: [String]
        public var sha256: String
        /// nil when the chain verified.
        public var verifyError: String?
        /// Kind and size of the leaf's key: "RSA" and 2048; nil where that is not known.
        public var keyType: String?
        public var keyBits: Int?
        /// "SHA256"; nil where the signature has no hash of its own.
        public var signatureHash: String?

        public init(
            version: String, cipher: String?, subject: String, issuer: String, expires: Double,
            chainExpires: Double, subjectAlternativeNames: [String], sha256: String,
            verifyError: String?
        ) {
            self.version = version
            self.cipher = cipher
            self.subject = subject
            self.issuer = issuer
            self.expires = expires
            self.chainExpires = chainExpires
            self.subjectAlternativeNames = subjectAlternativeNames
            self.sha256 = sha256
            self.verifyError = verifyError
        }
    }

    /// One failed try with what was said, kept however many successes follow.
    public struct Failure: Sendable, Codable, Equatable {
        /// Milliseconds since the epoch.
        public var at: Int64
        public var reason: String
        /// Request and answer, cleaned and cut, without secrets.
        public var transcript: [String]

        public init(at: Int64, reason: String, transcript: [String]) {
            self.at = at
            self.reason = reason
            self.transcript = transcript
        }
    }

    public var address: String
    public var url: String
    /// HTTP status; nil for TCP, or when no answer came.
    public var status: Int?
    public var httpVersion: String?
    /// Seconds, the whole try.
    public var duration: Double
    public var phases: Phases
    public var certificate: Certificate?
    public var bodyBytes: Int
    public var redirects: Int
    /// The last 20, newest first.
    public var failures: [Failure]

    public init(
        address: String = "", url: String, status: Int? = nil, httpVersion: String? = nil,
        duration: Double, phases: Phases = Phases(), certificate: Certificate? = nil,
        bodyBytes: Int = 0, redirects: Int = 0, failures: [Failure] = []
    ) {
        self.address = address
        self.url = url
        self.status = status
        self.httpVersion = httpVersion
        self.duration = duration
        self.phases = phases
        self.certificate = certificate
        self.bodyBytes = bodyBytes
        self.redirects = redirects
        self.failures = failures
    }
}

public struct ScrapeDetail: Sendable, Codable, Equatable {
    public var url: String
    public var samples: Int
    public var bytes: Int
    public var duration: Double

    public init(url: String, samples: Int, bytes: Int, duration: Double) {
        self.url = url
        self.samples = samples
        self.bytes = bytes
        self.duration = duration
    }
}

public struct CommandDetail: Sendable, Codable, Equatable {
    public var arguments: [String]
    /// nil when a signal ended it.
    public var exitCode: Int?
    public var duration: Double
    /// The first lines of what it printed, cleaned.
    public var output: [String]

    public init(arguments: [String], exitCode: Int?, duration: Double, output: [String]) {
        self.arguments = arguments
        self.exitCode = exitCode
        self.duration = duration
        self.output = output
    }
}

/// This machine at one instant, in base units.
public struct HostDetail: Sendable, Codable, Equatable {
    public struct Mount: Sendable, Codable, Equatable {
        public var path: String
        public var usedBytes: Double
        /// Used and what is left for others than root, as df(1) counts.
        public var sizeBytes: Double

        public init(path: String, usedBytes: Double, sizeBytes: Double) {
            self.path = path
            self.usedBytes = usedBytes
            self.sizeBytes = sizeBytes
        }
    }

    public var cores: Int
    /// Share of all cores in use since the last collection, 0…1; nil on the first.
    public var cpu: Double?
    public var load1: Double
    public var memoryTotalBytes: Double
    public var memoryAvailableBytes: Double
    public var swapTotalBytes: Double
    public var swapFreeBytes: Double
    /// The fullest first.
    public var mounts: [Mount]
    /// Share of time in which some task waited, 10 s average, 0…1; nil where the kernel says none.
    public var cpuPressure: Double?
    public var memoryPressure: Double?
    public var ioPressure: Double?

    public init(
        cores: Int, cpu: Double?, load1: Double, memoryTotalBytes: Double,
        memoryAvailableBytes: Double, swapTotalBytes: Double, swapFreeBytes: Double,
        mounts: [Mount], cpuPressure: Double?, memoryPressure: Double?, ioPressure: Double?
    ) {
        self.cores = cores
        self.cpu = cpu
        self.load1 = load1
        self.memoryTotalBytes = memoryTotalBytes
        self.memoryAvailableBytes = memoryAvailableBytes
        self.swapTotalBytes = swapTotalBytes
        self.swapFreeBytes = swapFreeBytes
        self.mounts = mounts
        self.cpuPressure = cpuPressure
        self.memoryPressure = memoryPressure
        self.ioPressure = ioPressure
    }
}
