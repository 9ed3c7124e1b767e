import Glibc
import HTTP
import Targets
import Testing

@testable import Collectors

@Suite("Engines: what is on the other end") struct ContainersEngineTests {
    @Test(
        "the engine, its version and the common API version are recognised",
        arguments: [
            (Dialect.docker1, "docker 20.10.24+dfsg1"), (.docker2, "docker 20.10.24+dfsg1"),
            (.podman, "podman 4.3.1"),
        ])
    func identity(dialect: Dialect, title: String) throws {
        let engine = try EngineIdentity(dialect.decoded("version.json"))
        #expect(engine.title == title)
        #expect(engine.api == APIVersion(major: 1, minor: 41))
        #expect(engine.dialect == dialect.engine)
    }

    @Test(
        "the newest version that both know is spoken",
        arguments: [
            ("1.41", "1.12", "1.41"), ("1.52", "1.44", "1.47"), ("1.24", "1.12", "1.24"),
            ("2.0", "1.24", "1.47"),
        ])
    func negotiation(newest: String, oldest: String, spoken: String) throws {
        let json = #"{"Version":"29","ApiVersion":"\#(newest)","MinAPIVersion":"\#(oldest)"}"#
        #expect(try EngineIdentity(decode(json)).api.description == spoken)
    }

    @Test(
        "an engine without a common version fails with a remedy",
        arguments: [("1.60", "1.48", "1.48"), ("1.12", "1.12", "1.24")])
    func noCommonVersion(newest: String, oldest: String, named: String) throws {
        let json = #"{"ApiVersion":"\#(newest)","MinAPIVersion":"\#(oldest)"}"#
        let reply: VersionReply = try decode(json)
        let failure = #expect(throws: CollectionFailure.self) { try EngineIdentity(reply) }
        #expect(failure?.reason == .unavailable)
        #expect(failure?.message.contains(named) == true)
        #expect(failure?.remedy != nil)
    }

    @Test("what is no engine is garbage", arguments: ["{}", #"{"ApiVersion":"new"}"#])
    func noEngine(json: String) throws {
        let reply: VersionReply = try decode(json)
        let failure = #expect(throws: CollectionFailure.self) { try EngineIdentity(reply) }
        #expect(failure?.reason == .garbage)
    }

    @Test(
        "times are read with their fraction and offset; never is no time",
        arguments: [
            ("2026-11-24T01:21:51.281166496Z", 1_795_483_311.281166496),
            ("2026-11-24T03:21:51+02:00", 1_795_483_311), ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T12:00:00Z", 1_709_208_000), ("0001-01-01T00:00:00Z", nil), ("", nil),
            ("2026-11-24", nil), ("2026-13-24T01:21:51Z", nil), ("2026-11-24T01:21:51", nil),
            ("2026-11-24T01:21:51Zz", nil), ("yesterday", nil),
        ] as [(String, Double?)])
    func times(text: String, seconds: Double?) {
        let read = engineTime(text)
        #expect((read == nil) == (seconds == nil))
        if let read, let seconds { #expect(abs(read - seconds) < 1e-6) }
    }

    @Test(
        "the name is the one without a second slash",
        arguments: [
            (#"["/api"]"#, "api"), (#"["/web/db","/db"]"#, "db"), (#"["plain"]"#, "plain"),
            ("[]", "0123456789ab"), ("null", "0123456789ab"),
        ])
    func names(json: String, name: String) throws {
        let entry: ContainerEntry = try decode(#"{"Id":"0123456789abcdef","Names":\#(json)}"#)
        #expect(entry.name == name)
    }

    @Test("lists of all dialects are read", arguments: Dialect.allCases)
    func list(dialect: Dialect) throws {
        let entries: [ContainerEntry] = try dialect.decoded("containers.json")
        #expect(entries.count == 10)
        #expect(entries.contains { $0.name == "rc-paused" && $0.state == "paused" })
        #expect(entries.allSatisfy { $0.labels?["com.docker.compose.project"] == "rcstack" })
    }

    @Test(
        "events of containers are told apart, and health checks' own are ignored",
        arguments: [
            ("start", ContainerEvent.Kind.start), ("die", .die(exitCode: 137)), ("oom", .oom),
            ("died", .die(exitCode: 137)), ("health_status: unhealthy", .health),
            ("health_status", .health), ("exec_create: /bin/sh -c exit 1", nil), ("exec_die", nil),
            ("exec_died", nil), ("top", nil),
        ] as [(String, ContainerEvent.Kind?)])
    func events(action: String, kind: ContainerEvent.Kind?) throws {
        let json = """
            {"Type":"container","Action":"\(action)","time":1795483302,"timeNano":1795483302485279543,
             "Actor":{"ID":"abc","Attributes":{"exitCode":"137","name":"x"}}}
            """
        let event = ContainerEvent(try decode(json))
        #expect(event?.kind == kind)
        if let event {
            #expect(event.nanoseconds == 1_795_483_302_485_279_543)
            #expect(abs(event.time - 1_795_483_302.485) < 0.001)
        }
    }

    @Test("events of images and networks are not containers'")
    func otherEvents() throws {
        let json = #"{"Type":"network","Action":"connect","Actor":{"ID":"abc","Attributes":{}}}"#
        #expect(ContainerEvent(try decode(json)) == nil)
    }

    @Test(
        "`only` and `except` are shell patterns on names",
        arguments: [
            ([], [], "api", true), (["api"], [], "api", true), (["api"], [], "api-2", false),
            (["worker-*"], [], "worker-1", true), (["*"], ["*-debug"], "api-debug", false),
            ([], ["[ab]pi"], "api", false), (["w?b"], [], "web", true),
        ] as [([String], [String], String, Bool)])
    func patterns(only: [String], except: [String], name: String, isIncluded: Bool) {
        #expect(NamePatterns(only: only, except: except).includes(name) == isIncluded)
    }

    @Test(
        "a refused request says what to do",
        arguments: [(403, CollectionFailure.Reason.denied), (500, .unavailable), (400, .garbage)])
    func statuses(status: Int, reason: CollectionFailure.Reason) {
        let body = Array(#"{"message":"not \u001b[31mallowed"}"#.utf8)
        let failure = EngineFailure.status(EngineReply(status: status, body: body), of: "/info?x=1")
        #expect(failure.reason == reason)
        #expect(failure.message.hasPrefix("GET /info: status \(status)"))
        #expect(!failure.message.contains("\u{1b}"))
        #expect((failure.remedy != nil) == (reason == .denied))
    }

    @Test("a socket that may not be used names the group to join")
    func denied() {
        let failure = EngineFailure.unconnected(
            EACCES, socket: "/var/run/docker.sock", group: "docker", user: "bea")
        #expect(failure.reason == .denied)
        #expect(failure.message == "connect to /var/run/docker.sock: Permission denied")
        #expect(failure.remedy?.hasPrefix("sudo usermod -aG docker bea, then log in again") == true)
        let rootOnly = EngineFailure.unconnected(
            EACCES, socket: "/var/run/docker.sock", group: nil, user: "bea")
        #expect(rootOnly.remedy?.contains("dockerd --group docker") == true)
    }

    @Test(
        "a socket without an engine is unreachable, and our own shortage is ours",
        arguments: [
            (ENOENT, CollectionFailure.Reason.unreachable, true),
            (ECONNREFUSED, .unreachable, true),
            (ENOTSOCK, .unreachable, false), (EMFILE, .ours, false),
        ])
    func unconnected(number: Int32, reason: CollectionFailure.Reason, hasRemedy: Bool) {
        let failure = EngineFailure.unconnected(number, socket: "/s", group: nil, user: nil)
        #expect(failure.reason == reason)
        #expect((failure.remedy != nil) == hasRemedy)
    }

    @Test(
        "addresses of engines are read as the docker command spells them",
        arguments: [
            ("unix:///run/docker.sock", "/run/docker.sock", "http://engine"),
            ("tcp://127.0.0.1:2375", nil, "http://127.0.0.1:2375"),
            ("https://engine.example.com/", nil, "https://engine.example.com"),
            ("unix://docker.sock", nil, nil), ("/var/run/docker.sock", nil, nil), ("", nil, nil),
        ] as [(String, String?, String?)])
    func addresses(url: String, socket: String?, base: String?) {
        let transport = try? HTTPEngineTransport(url: url, client: HTTPClient())
        #expect(transport?.socket == socket)
        #expect(transport?.base == base)
    }
}
