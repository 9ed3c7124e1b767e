import Glibc
import Reactor
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ResolverTests {
    @Test(
        "a numeric address is its own answer",
        arguments: ["127.0.0.1", "::1", "2001:db8::7"])
    func literal(address: String) async throws {
        let resolver = Resolver(servers: ["127.0.0.1:1"])
        #expect(try await resolver.resolve(address, by: .after(.seconds(5))) == [address])
    }

    @Test("brackets around an address are dropped")
    func brackets() async throws {
        #expect(try await Resolver().resolve("[::1]", by: .after(.seconds(5))) == ["::1"])
    }

    @Test("an address of the wrong family is refused")
    func wrongFamily() async {
        await #expect(throws: ReactorFailure.self) {
            _ = try await Resolver().resolve("127.0.0.1", family: .ipv6, by: .after(.seconds(5)))
        }
    }

    @Test("localhost comes from the hosts file, without a server")
    func localhost() async throws {
        let resolver = Resolver(servers: ["127.0.0.1:1"])
        let found = try await resolver.resolve(
            "localhost", family: .ipv4, by: .after(.seconds(5)))
        #expect(found == ["127.0.0.1"])
    }

    @Test("what is no host name is refused at once", arguments: ["", "a b", "a\nb"])
    func notAName(host: String) async {
        let failure = await #expect(throws: ReactorFailure.self) {
            _ = try await Resolver().resolve(host, by: .after(.seconds(5)))
        }
        #expect(failure == .resolution(host: host, "it is not a host name"))
    }

    @Test("a server that never answers costs each caller its deadline, and nothing else waits")
    func silent() async throws {
        let server = try SilentServer()
        let resolver = Resolver(servers: ["127.0.0.1:\(server.port)"])
        let began = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    await #expect(throws: ReactorFailure.timedOut) {
                        _ = try await resolver.resolve(
                            "host\(number % 10).example.com", by: .after(.seconds(2)))
                    }
                }
            }
            group.addTask {
                let answer = try? await Resolver().resolve("127.0.0.1", by: .after(.seconds(5)))
                #expect(answer == ["127.0.0.1"])
            }
        }
        #expect(ContinuousClock.now - began < .seconds(25))
        #expect(server.hasBeenAsked)
    }

    @Test("a server's answer is the address, and its refusal a reason")
    func answers() async throws {
        let server = try NameServer(["web.example.com": [192, 0, 2, 7]])
        defer { server.stop() }
        let resolver = Resolver(servers: ["127.0.0.1:\(server.port)"])
        let found = try await resolver.resolve(
            "web.example.com", family: .ipv4, by: .after(.seconds(20)))
        #expect(found == ["192.0.2.7"])
        let failure = await #expect(throws: ReactorFailure.self) {
            _ = try await resolver.resolve(
                "missing.example.com", family: .ipv4, by: .after(.seconds(20)))
        }
        #expect(
            failure == .resolution(host: "missing.example.com", "Domain name not found"))
    }
}
