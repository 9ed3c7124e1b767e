import Targets
import TimeSeries

/// What an endpoint answers to a few harmless requests: what checks of headers and of the edge are
/// judged by. Asked once, judged by many.
public struct EdgeFacts: Sendable, Hashable {
    /// What was asked, and so what the answer is evidence of.
    public enum Question: String, Sendable, Hashable, CaseIterable {
        /// GET of the configured URL.
        case page
        /// GET of a path beside it that is not there.
        case missing
        /// A method that is not for reading, on the path that is not there.
        case wrongMethod
        /// GET with an `Origin` of nobody's.
        case foreignOrigin
        /// GET with `Origin: null`.
        case nullOrigin
        /// GET with an `Origin` that is to be granted.
        case ownOrigin
        case docs, redoc, openAPI
        /// GET of the same host without TLS, no redirect followed.
        case plain
    }

    public struct Answer: Sendable, Hashable {
        public var question: Question
        public var status: Int
        /// Names in lower case, in the order of the answer.
        public var headers: [(name: String, value: String)]
        /// The first of the body.
        public var body: String

        public init(
            _ question: Question, status: Int, headers: [(name: String, value: String)],
            body: String = ""
        ) {
            self.question = question
            self.status = status
            self.headers = headers.map { ($0.name.lowercased(), $0.value) }
            self.body = body
        }

        /// Every value of a header.
        public func all(_ name: String) -> [String] {
            headers.filter { $0.name == name }.map(\.value)
        }

        public static func == (left: Answer, right: Answer) -> Bool {
            left.question == right.question && left.status == right.status
                && left.body == right.body
                && left.headers.elementsEqual(right.headers) { $0 == $1 }
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(question)
            hasher.combine(status)
            hasher.combine(body)
            for (name, value) in headers {
                hasher.combine(name)
                hasher.combine(value)
            }
        }
    }

    public var id: TargetID
    public var url: String
    public var seenAt: Timestamp
    public var answers: [Answer]
    /// Questions that got no answer, with why.
    public var failures: [Question: String]
    /// The origin that is to be granted; nil where nobody named one.
    public var ownOrigin: String?

    public init(
        id: TargetID, url: String, seenAt: Timestamp, answers: [Answer],
        failures: [Question: String] = [:], ownOrigin: String? = nil
    ) {
        self.ownOrigin = ownOrigin
        self.id = id
        self.url = url
        self.seenAt = seenAt
        self.answers = answers
        self.failures = failures
    }

    /// Why the certificate is not believed; nil where it is.
    public var trustFault: String?
    /// Whether the port of plain HTTP refuses connections.
    public var isPlainClosed = false

    public var isHTTPS: Bool { url.lowercased().hasPrefix("https://") }

    public func answer(_ question: Question) -> Answer? {
        answers.first { $0.question == question }
    }

    /// Ordinary answers and errors, which must carry the same headers.
    var sampled: [Answer] {
        answers.filter { [.page, .missing, .wrongMethod].contains($0.question) }
    }
}
