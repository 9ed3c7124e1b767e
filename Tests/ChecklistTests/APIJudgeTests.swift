import PromQL
import Targets
import Testing
import TimeSeries

@testable import Checklist

@Suite("What APIs answer")
struct APIJudgeTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func verdict(
        _ id: String, containers: [ContainersDetail.Container] = [],
        _ fill: (inout APIFacts) -> Void
    ) -> Verdict? {
        var facts = APIFacts(id: TargetID(.http, "api"))
        fill(&facts)
        var detail = ContainersDetail()
        detail.containers = containers
        var evidence = Evidence(
            now: now,
            sources: [
                .init(
                    id: TargetID(.containers, "engine"), detail: .containers(detail), seenAt: now)
            ])
        evidence.surveyed.apis = [facts]
        return Catalogue[id]?.results(on: evidence).first?.verdict
    }

    @Test(
        "protected paths refuse, where something is served at all",
        arguments: [
            (200, [401, 403], Verdict.pass), (200, [401, 404], .warn), (200, [401, 302], .unknown),
            (200, [401, 200], .fail), (200, [500], .fail), (200, [429], .unknown),
            (503, [401], .unknown), (503, [200], .fail), (200, [], .unknown),
            (301, [401], .unknown), (301, [301], .unknown), (nil, [401], .unknown),
            (200, [401, nil], .unknown), (200, [nil, 200], .fail),
        ] as [(Int?, [Int?], Verdict)])
    func access(control: Int?, statuses: [Int?], expected: Verdict) {
        let found = verdict("http.auth.required") {
            $0.access = Asked(
                .known(
                    .init(
                        control: control, statuses: statuses.map { .init(path: "/x", status: $0) })),
                at: now)
        }
        #expect(found == expected)
    }

    @Test(
        "caches get an age and a tag",
        arguments: [
            ("max-age=300", "\"1\"", 304, Verdict.pass), ("max-age=300", "\"1\"", 200, .warn),
            ("max-age=60", "\"1\"", 304, .warn), (nil, nil, nil, .fail),
            (nil, "\"1\"", 304, .warn), ("no-store, max-age=300", "\"1\"", 304, .fail),
            ("private, max-age=300", "\"1\"", 304, .fail),
            ("no-cache, max-age=300", "\"1\"", 304, .warn),
        ] as [(String?, String?, Int?, Verdict)])
    func cache(control: String?, tag: String?, second: Int?, expected: Verdict) {
        let found = verdict("http.cache.headers") {
            $0.cache = Asked(
                .known(
                    .init(
                        planned: 300, status: 200, cacheControl: control, tag: tag, second: second)),
                at: now)
        }
        #expect(found == expected)
    }

    @Test(
        "a version is semantic and the image's",
        arguments: [
            ("1.4.2", "1.4.2", "api", Verdict.pass), ("v1.4.2", "1.4.2", "api", .pass),
            ("1.4.2", "1.4.3", "api", .fail), ("latest", "1.4.3", "api", .fail),
            ("1.4.2", nil, "api", .warn), ("1.4.2", "1.4.2", nil, .warn),
            ("1.4.2", "1.4.2", "other", .unknown), ("", "1.4.2", "api", .unknown),
            ("1.4.2@x", "1.4.2", "api", .fail),
            ("foo/bar:1.4.2", "1.4.2", "api", .fail),
        ] as [(String, String?, String?, Verdict)])
    func version(text: String, label: String?, container: String?, expected: Verdict) {
        var running = ContainersDetail.Container()
        running.name = "api"
        running.state = "running"
        running.isolation = ContainerIsolation()
        running.isolation?.imageVersion = label
        let found = verdict("http.version", containers: [running]) {
            $0.version = Asked(.known(.init(text: text, container: container)), at: now)
        }
        #expect(found == expected)
    }

    @Test("a journey fails with its first step that is not as expected")
    func journey() {
        func verdict(_ steps: [APIFacts.Step]) -> Verdict? {
            self.verdict("http.smoke") { $0.journey = Asked(.known(steps), at: now) }
        }
        let status = APIFacts.Step(
            asked: .init(path: "/a", status: 200), status: 200, results: [])
        let text = APIFacts.Step(
            asked: .init(path: "/b", expectation: .equals("ok")), status: 200, results: ["ok"])
        #expect(verdict([status, text]) == .pass)
        var failing = text
        failing.status = 503
        #expect(verdict([status, failing]) == .fail)
        var empty = text
        empty.results = []
        #expect(verdict([empty]) == .fail)
        #expect(verdict([]) == .unknown)
        var silent = status
        silent.status = nil
        #expect(verdict([status, silent]) == .unknown)
        #expect(verdict([failing, silent]) == .fail)
    }

    @Test("only planned methods and headers are granted, and to nobody else")
    func preflight() {
        func verdict(
            methods: [String], headers: [String] = ["Content-Type"], age: Int? = 600,
            foreign: String? = nil
        ) -> Verdict? {
            self.verdict("http.cors.preflight") {
                let grant = APIFacts.Preflight.Grant(
                    asked: "GET", methods: methods, headers: headers, maximumAge: age)
                $0.preflight = Asked(
                    .known(.init(grants: [grant], foreign: foreign, nonce: "x-dogwatch-1")),
                    at: now)
            }
        }
        #expect(verdict(methods: ["GET", "POST"]) == .pass)
        #expect(verdict(methods: ["GET", "PATCH"]) == .fail)
        #expect(verdict(methods: ["*"]) == .fail)
        #expect(verdict(methods: ["GET"], headers: ["*"]) == .fail)
        #expect(verdict(methods: ["GET"], headers: ["X-Other"]) == .warn)
        #expect(verdict(methods: ["GET"], headers: ["x-dogwatch-1"]) == .warn)
        #expect(verdict(methods: ["GET"], age: 90_000) == .warn)
        #expect(verdict(methods: ["GET"], foreign: "*") == .fail)
        #expect(verdict(methods: []) == .unknown)
    }

    @Test("what was not answered is unknown", arguments: APIFacts.Part.allCases)
    func silence(part: APIFacts.Part) {
        let found = verdict(part.check) { facts in
            facts.access = Asked(.failed("timed out"), at: now)
            facts.cache = Asked(.failed("timed out"), at: now)
            facts.version = Asked(.failed("timed out"), at: now)
            facts.journey = Asked(.failed("timed out"), at: now)
            facts.preflight = Asked(.failed("timed out"), at: now)
        }
        #expect(found == .unknown)
    }
}
