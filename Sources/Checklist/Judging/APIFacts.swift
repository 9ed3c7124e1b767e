import Targets
import TimeSeries

/// What an API answered to requests that a plan names, by what is asked together.
public struct APIFacts: Sendable, Hashable {
    public var id: TargetID
    public var access: Asked<Access>?
    public var cache: Asked<Cache>?
    public var version: Asked<Version>?
    public var journey: Asked<[Step]>?
    public var preflight: Asked<Preflight>?

    public init(id: TargetID) { self.id = id }

    /// What is asked together, and how often.
    public enum Part: Sendable, Hashable, CaseIterable {
        case access, cache, version, journey, preflight

        public var check: String {
            switch self {
            case .access: "http.auth.required"
            case .cache: "http.cache.headers"
            case .version: "http.version"
            case .journey: "http.smoke"
            case .preflight: "http.cors.preflight"
            }
        }

        public var cadence: Duration { Catalogue[check]?.cadence ?? .hours(1) }
    }

    public struct Access: Sendable, Hashable {
        /// Of what is open to all; nil where it did not answer.
        public var control: Int?
        public var statuses: [Status]

        public struct Status: Sendable, Hashable {
            public var path: String
            /// nil where it did not answer.
            public var status: Int?

            public init(path: String, status: Int?) {
                self.path = path
                self.status = status
            }
        }

        public init(control: Int?, statuses: [Status]) {
            self.control = control
            self.statuses = statuses
        }
    }

    public struct Cache: Sendable, Hashable {
        public var planned: Int
        public var status: Int
        public var cacheControl: String?
        public var tag: String?
        /// Of the request with `If-None-Match`; nil where there was no tag to send.
        public var second: Int?

        public init(
            planned: Int, status: Int, cacheControl: String?, tag: String?, second: Int?
        ) {
            self.planned = planned
            self.status = status
            self.cacheControl = cacheControl
            self.tag = tag
            self.second = second
        }
    }

    public struct Version: Sendable, Hashable {
        public var text: String
        public var container: String?

        public init(text: String, container: String?) {
            self.text = text
            self.container = container
        }
    }

    /// One request of a journey, and what came of it.
    public struct Step: Sendable, Hashable {
        public var asked: APIExpectations.Step
        /// nil where it was not answered.
        public var status: Int?
        /// What stood at the place that is judged.
        public var results: [String]

        public init(asked: APIExpectations.Step, status: Int?, results: [String]) {
            self.asked = asked
            self.status = status
            self.results = results
        }
    }

    public struct Preflight: Sendable, Hashable {
        /// What the origin that may was granted for each method.
        public var grants: [Grant]
        /// What an origin of nobody's was granted; nil: nothing.
        public var foreign: String?
        /// A header of nobody's that was asked for.
        public var nonce: String

        public struct Grant: Sendable, Hashable {
            public var asked: String
            public var methods: [String]
            public var headers: [String]
            public var maximumAge: Int?

            public init(
                asked: String, methods: [String], headers: [String], maximumAge: Int?
            ) {
                self.asked = asked
                self.methods = methods
                self.headers = headers
                self.maximumAge = maximumAge
            }
        }

        public init(grants: [Grant], foreign: String?, nonce: String) {
            self.grants = grants
            self.foreign = foreign
            self.nonce = nonce
        }
    }
}
