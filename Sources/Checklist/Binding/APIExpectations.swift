/// What a plan says of an API that no answer tells by itself: one `[[api]]` of its bindings. All paths
/// start at the origin of the target's url and are asked for with GET and without credentials.
public struct APIExpectations: Sendable, Hashable {
    /// The name of an `[[http]]`.
    public var target: String
    /// Paths that must refuse who is not logged in; 60 at most.
    public var protected: [String] = []
    /// A path that is open to all, which shows that the server serves; nil: that of the target's url.
    public var open: String?
    public var cache: Cache?
    public var version: Version?
    /// A journey, in this order.
    public var smoke: [Step] = []

    /// A path that may be kept by caches, and for how many seconds it is planned to be.
    public struct Cache: Sendable, Hashable {
        public var path: String
        public var maximumAge: Int

        public init(path: String, maximumAge: Int = 300) {
            self.path = path
            self.maximumAge = maximumAge
        }
    }

    /// Where the running version is told, and the container whose image has it, too.
    public struct Version: Sendable, Hashable {
        public var path: String
        /// A place in a JSON document; nil: all of the text.
        public var value: String?
        public var container: String?

        public init(path: String, value: String? = nil, container: String? = nil) {
            self.path = path
            self.value = value
            self.container = container
        }
    }

    /// One request with what its answer must be.
    public struct Step: Sendable, Hashable {
        public var path: String
        public var status: Int?
        /// A place in a JSON document; nil: all of the text.
        public var value: String?
        public var expectation: Assertion.Expectation?

        public init(
            path: String, status: Int? = nil, value: String? = nil,
            expectation: Assertion.Expectation? = nil
        ) {
            self.path = path
            self.status = status
            self.value = value
            self.expectation = expectation
        }
    }

    public static let pathLimit = 60

    public init(target: String) { self.target = target }
}
