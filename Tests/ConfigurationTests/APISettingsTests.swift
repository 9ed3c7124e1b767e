import Lint
import Configuration
import Testing

@Suite("[api]")
struct APISettingsTests {
    private func read(_ text: String) -> Result<Configuration, Faults> {
        Configuration.read(
            text: text + "\n[[host]]\nname = \"a\"", path: "config.toml",
            surroundings: .allFilesExist())
    }

    @Test(
        "opens a port of the loopback",
        arguments: [
            ("127.0.0.1:9095", "127.0.0.1", 9095), ("[::1]:9095", "::1", 9095),
            ("127.9.8.7:1", "127.9.8.7", 1),
        ])
    func listens(text: String, host: String, port: Int) throws {
        let listen = try read("[api]\nlisten = \"\(text)\"").get().api.listen
        #expect(listen == .init(host: host, port: port))
        #expect(listen?.description == text)
    }

    @Test("opens none unless asked", arguments: ["", "[api]"])
    func silence(text: String) throws {
        #expect(try read(text).get().api.listen == nil)
    }

    @Test(
        "refuses every other address and says what to write",
        arguments: [
            "0.0.0.0:9095", "[::]:9095", "192.0.2.1:9095", "localhost:9095", "example.com:9095",
            "127.0.0.1.example.com:9095", "127.0.1:9095", "128.0.0.1:9095", "127.0.0.256:1",
        ])
    func others(text: String) {
        #expect(throws: Faults.self) { try read("[api]\nlisten = \"\(text)\"").get() }
        guard case .failure(let faults) = read("[api]\nlisten = \"\(text)\"") else { return }
        #expect(
            faults.description
                == """
                config.toml:2:10: api.listen: "\(text)" is no address of this machine's loopback.
                  Whoever reaches the port reads everything: write "127.0.0.1:9095" or "[::1]:9095", and put a proxy that asks who comes before it for others.
                """)
    }

    @Test("names what is not an address, and keys that are not known")
    func faults() {
        guard
            case .failure(let faults) = read("[api]\nlisten = \"9095\"\nlissten = \"127.0.0.1:1\"")
        else {
            Issue.record("there should be faults")
            return
        }
        #expect(
            faults.description
                == """
                config.toml:2:10: api.listen: "9095" is not an address.
                  Write a host and a port: "db.example.com:5432" or "[2001:db8::1]:5432".
                config.toml:3:1: unknown key "lissten" in [api]. Did you mean "listen"?
                """)
    }
}
