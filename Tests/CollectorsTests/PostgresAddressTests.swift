import Reactor
import Targets
import Testing

@testable import Collectors

@Suite("where a PostgreSQL is, and why it cannot be reached")
struct PostgresAddressTests {
    private let session = PostgresSession(statementTimeout: .seconds(4))

    private func keywords(_ url: String, password: Secret? = nil) throws -> [String: String] {
        let address = try PostgresAddress(url)
        return Dictionary(
            uniqueKeysWithValues: address.keywords(
                address.hosts[0], address: "192.0.2.7", password: password, session: session))
    }

    @Test("a URI becomes keywords; the session is read-only with limits")
    func uri() throws {
        let values = try keywords(
            "postgresql://dogwatch@db.example.com/jobs?sslmode=verify-full&connect_timeout=9",
            password: Secret("sesame"))
        #expect(values["host"] == "db.example.com")
        #expect(values["hostaddr"] == "192.0.2.7")
        #expect(values["port"] == "5432")
        #expect(values["sslmode"] == "verify-full")
        #expect(values["application_name"] == "dogwatch")
        #expect(values["password"] == "sesame")
        #expect(values["connect_timeout"] == nil)
        let options = try #require(values["options"])
        for part in [
            "default_transaction_read_only=on", "statement_timeout=4000", "lock_timeout=50",
            "jit=off", "idle_in_transaction_session_timeout=",
        ] {
            #expect(options.contains(part))
        }
    }

    @Test("options of the url stay, ours come after and win")
    func options() throws {
        let values = try keywords(
            "host=db application_name=watch options='-c statement_timeout=0 -c geqo=off'")
        #expect(values["application_name"] == "watch")
        #expect(values["options"]?.hasPrefix("-c statement_timeout=0 -c geqo=off -c ") == true)
        #expect(values["options"]?.contains("-c statement_timeout=4000") == true)
    }

    @Test("several hosts have their own ports; a folder needs no address")
    func hosts() throws {
        let hosts = try PostgresAddress("host=a,/run/pg,c hostaddr=,,192.0.2.9 port=1,2,3").hosts
        #expect(hosts.map(\.name) == ["a", "/run/pg", "c"])
        #expect(hosts.map(\.port) == ["1", "2", "3"])
        #expect(hosts.map(\.address) == [nil, nil, "192.0.2.9"])
        #expect(hosts.map(\.isLocal) == [false, true, false])
        #expect(try PostgresAddress("host=a,b port=7").hosts.map(\.port) == ["7", "7"])
    }

    @Test("a password in the url is used but never shown")
    func password() throws {
        let address = try PostgresAddress("postgresql://u:sesame@db:6432/jobs")
        #expect(address.place == "db:6432/jobs")
        #expect(!"\(address)".contains("sesame"))
        #expect(try keywords("postgresql://u:sesame@db:6432/jobs")["password"] == "sesame")
    }

    @Test(
        "a url that libpq does not know is our fault, and is not repeated",
        arguments: ["postgresql://u:sesame@[::1", "sesame", "postgresql://h/?nosuch=sesame"])
    func wrongURL(url: String) {
        let failure = #expect(throws: CollectionFailure.self) { try PostgresAddress(url) }
        #expect(failure?.reason == .ours)
        #expect(failure?.message.contains("sesame") == false)
    }

    @Test("behind a pooler a statement brings its limits and leaves nothing behind")
    func wrapped() {
        let text = session.wrapped("SELECT 1")
        #expect(text.hasPrefix("BEGIN READ ONLY; SET LOCAL statement_timeout = 4000;"))
        #expect(text.hasSuffix("SELECT 1; COMMIT"))
        #expect(!text.contains("default_transaction_read_only"))
    }

    @Test(
        "refusals are told apart by their SQLSTATE",
        arguments: [
            ("28P01", CollectionFailure.Reason.denied), ("28000", .denied), ("3D000", .denied),
            ("42501", .denied), ("53300", .unavailable), ("57P03", .unavailable),
            ("57P01", .unavailable), ("XX000", .unavailable),
        ])
    func refusals(code: String, reason: CollectionFailure.Reason) {
        let error = PostgresError(code: code, message: "no\u{1b}pe\n")
        let failure = CollectionFailure(postgres: error, at: "db:5432")
        #expect(failure.reason == reason)
        #expect(failure.message.hasPrefix("db:5432: no"))
        #expect(!failure.message.contains("\u{1b}"))
    }

    @Test(
        "the library's own texts are told apart where it matters",
        arguments: [
            ("connection to server at \"x\", port 1 failed: Connection refused", .unreachable),
            ("fe_sendauth: no password supplied", .denied),
            ("received invalid response to SSL negotiation: H", .garbage),
            ("expected authentication request from server, but received H", .garbage),
            ("root certificate file \"/x\" does not exist", .ours),
            ("could not create socket: Too many open files", .ours),
            ("SSL error: certificate verify failed", .unreachable),
        ] as [(String, CollectionFailure.Reason)])
    func texts(text: String, reason: CollectionFailure.Reason) {
        let failure = CollectionFailure(postgres: PostgresError(verbose: text), at: "db")
        #expect(failure.reason == reason)
    }

    @Test("a code is found in the verbose text, and the server's source is left out")
    func verbose() {
        let error = PostgresError(
            verbose: """
                connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password \
                authentication failed for user "x"
                LOCATION:  auth_failed, auth.c:335
                """)
        #expect(error.code == "28P01")
        #expect(error.message == "password authentication failed for user \"x\"")
    }

    @Test(
        "failures of the loop keep their meaning",
        arguments: [
            (ReactorFailure.timedOut, CollectionFailure.Reason.timedOut), (.cancelled, .cancelled),
            (.closed, .unreachable), (.resolution(host: "h", "no"), .unreachable),
            (.system(call: "socket", errno: 24), .ours),
            (.system(call: "connect", errno: 111), .unreachable),
        ])
    func loop(failure: ReactorFailure, reason: CollectionFailure.Reason) {
        #expect(CollectionFailure(failure, at: "db").reason == reason)
    }
}
