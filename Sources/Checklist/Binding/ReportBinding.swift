/// Where another tool's report is, and on what: one `[[report]]` of the bindings.
public struct ReportBinding: Sendable, Hashable {
    public var kind: ReportKind
    public var source: Source
    /// How old what it says may be; nil: what its checks allow.
    public var maximumAge: Duration?
    /// From one reading to the next.
    public var interval: Duration
    /// How long a command or an answer may take.
    public var patience: Duration
    /// What it must be about, where the format does not say or where another one is a fault: a
    /// system identifier, a revision, a path in the secret store.
    public var subject: String?
    /// What must be there: identifiers of a benchmark, paths of secrets, mount points, headings.
    public var required: [String]
    /// Where in a document the score stands, and the least that it may be.
    public var score: Score?

    public enum Source: Sendable, Hashable {
        /// A file, or a folder with one file for each subject.
        case file(String)
        /// A program and its arguments; there is no shell.
        case command([String])
        /// Asked for with GET and without credentials.
        case url(String)
    }

    public struct Score: Sendable, Hashable {
        /// "$.hardening_index"
        public var path: String
        public var atLeast: Double

        public init(path: String, atLeast: Double) {
            self.path = path
            self.atLeast = atLeast
        }
    }

    /// How long a command may take where nothing is said.
    public static let patience = Duration.seconds(30)

    public init(
        _ kind: ReportKind, _ source: Source, maximumAge: Duration? = nil,
        interval: Duration? = nil, patience: Duration = Self.patience, subject: String? = nil,
        required: [String] = [], score: Score? = nil
    ) {
        self.kind = kind
        self.source = source
        self.maximumAge = maximumAge
        self.interval = interval ?? kind.interval
        self.patience = patience
        self.subject = subject
        self.required = required
        self.score = score
    }

    /// A short name: the subject, else the file's or the program's.
    public var name: String {
        if let subject { return subject }
        switch source {
        case .file(let path): return path.split(separator: "/").last.map(String.init) ?? path
        case .command(let words):
            let program = words.first ?? ""
            return program.split(separator: "/").last.map(String.init) ?? program
        case .url(let url): return url
        }
    }
}
