import Configuration
import Glibc
import Targets
import Testing

@Suite("The configuration's file")
struct ConfigurationFileTests {
    @Test("is the one that was named, else the one here, else the user's")
    func lookup() throws {
        let home = ["HOME": "/home/bea"]
        let xdg = ["HOME": "/home/bea", "XDG_CONFIG_HOME": "/etc/bea"]
        func candidates(_ option: String?, _ environment: [String: String]) -> [String] {
            ConfigurationFile.candidates(option: option, environment: environment)
        }
        #expect(candidates("x.toml", home) == ["x.toml"])
        #expect(candidates(nil, home) == ["config.toml", "/home/bea/.config/dogwatch/config.toml"])
        #expect(candidates(nil, xdg) == ["config.toml", "/etc/bea/dogwatch/config.toml"])
        #expect(candidates(nil, [:]) == ["config.toml"])
        let found = try ConfigurationFile.find(option: nil, environment: xdg) { $0.contains("etc") }
        #expect(found.path == "/etc/bea/dogwatch/config.toml")
    }

    @Test("that is nowhere is said with every place that was looked at")
    func notFound() {
        #expect {
            try ConfigurationFile.find(option: nil, environment: ["HOME": "/h"]) { _ in false }
        } throws: { error in
            "\(error)".hasPrefix(
                "there is no configuration: looked for config.toml, /h/.config/dogwatch/config.toml."
            )
        }
    }

    @Test("that cannot be read is a failure, a folder included", arguments: ["/", "/no/such/file"])
    func unreadable(path: String) {
        #expect(throws: ConfigurationFileFailure.self) {
            _ = try ConfigurationFile(path: path).read(surroundings: .allFilesExist())
        }
    }

    @Test("a change is reported once, when the file has come to rest")
    func changes() throws {
        let old = try #require(FileStamp(of: "/"))
        var half = old
        half.size += 1
        var new = old
        new.size += 2
        var changes = FileChanges(old)
        let reported = [old, half, new, nil, new, new, new].map { changes.look($0) }
        #expect(reported == [false, false, false, false, false, true, false])
    }
}

@Suite("Secrets")
struct SecretReaderTests {
    private let reader = SecretReader(environment: ["KEY": "from variable", "EMPTY": ""]) { words in
        Array("\(words.joined(separator: "+"))\n".utf8)
    }

    @Test("come from a variable, a file or a program, without the last line break")
    func sources() async throws {
        let path = "/tmp/dogwatch-secret-\(getpid())"
        defer { unlink(path) }
        try write("from file\r\n", to: path)
        #expect(try await reader.read(.environment("KEY")).reveal() == "from variable")
        #expect(try await reader.read(.file(path)).reveal() == "from file")
        #expect(try await reader.read(.command(["pass", "x"])).reveal() == "pass+x")
    }

    @Test(
        "that are missing, empty or no text are our fault, said without what was read",
        arguments: [
            SecretSource.environment("NONE"), .environment("EMPTY"), .file("/no/such/file"),
            .file("/"), .file("/dev/null"), .file("/proc/self/exe"),
        ])
    func failures(source: SecretSource) async {
        await #expect {
            try await reader.read(source)
        } throws: { error in
            (error as? SecretFailure)?.collectionFailure.reason == .ours
        }
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }
}
