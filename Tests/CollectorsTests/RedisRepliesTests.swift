import Targets
import TestSupport
import Testing

@testable import Collectors

@Suite struct RedisRepliesTests {
    private func replies(_ bytes: some Sequence<UInt8>) throws -> [RedisReply] {
        let reader = RedisReader()
        try reader.feed(Array(bytes))
        var replies: [RedisReply] = []
        while let reply = try reader.next() { replies.append(reply) }
        return replies
    }

    @Test("a command is written as an array of its words")
    func encoding() {
        let bytes = RedisCodec.encode(["AUTH", "ä\0b", ""])
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "*3\r\n$4\r\nAUTH\r\n$4\r\nä\0b\r\n$0\r\n\r\n")
    }

    @Test("replies of every type are read")
    func types() throws {
        let read = try replies(
            "+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\0b\r\n$-1\r\n*2\r\n:1\r\n*-1\r\n".utf8)
        #expect(
            read == [
                .status("OK"), .error(RedisError("ERR no")), .integer(-7), .text([0x61, 0, 0x62]),
                .none, .array([.integer(1), .none]),
            ])
    }

    @Test("replies come whole however the bytes are cut")
    func cut() throws {
        let bytes = Array("*2\r\n$5\r\nhello\r\n:42\r\n+PONG\r\n".utf8)
        let reader = RedisReader()
        var read: [RedisReply] = []
        for byte in bytes {
            try reader.feed([byte])
            while let reply = try reader.next() { read.append(reply) }
        }
        #expect(read == [.array([.text(Array("hello".utf8)), .integer(42)]), .status("PONG")])
        #expect(!reader.hasUnread)
    }

    @Test(
        "what is not the protocol is told with its start",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", "\u{15}\u{3}\u{1}", "*x\r\n", "$-7\r\n", "hello",
        ])
    func garbage(text: String) {
        #expect(throws: RedisReader.Failure.protocolError(start: Array(text.utf8.prefix(16)))) {
            _ = try replies(text.utf8)
        }
    }

    @Test(
        "a reply beyond the limits is refused before it costs memory",
        arguments: [
            "*2147483647\r\n", "*1000000000\r\n",
            String(repeating: "*100000\r\n", count: 3), "$999999999999999999999\r\n",
        ])
    func announced(text: String) {
        #expect(throws: RedisReader.Failure.self) { _ = try replies(text.utf8) }
    }

    @Test("a reply of more than 8 MiB is refused while it arrives")
    func tooLong() throws {
        let reader = RedisReader()
        try reader.feed(Array("$900000000\r\n".utf8))
        #expect(throws: RedisReader.Failure.tooLarge) {
            for _ in 0..<200 {
                try reader.feed([UInt8](repeating: 0x61, count: 65_536))
                _ = try reader.next()
            }
        }
    }

    @Test("a line without an end is refused", arguments: ["+", "-", ":1", "$", "*"])
    func endless(start: String) throws {
        let reader = RedisReader()
        try reader.feed(Array(start.utf8))
        #expect(throws: RedisReader.Failure.self) {
            for _ in 0..<20 {
                try reader.feed([UInt8](repeating: 0x31, count: 8_192))
                _ = try reader.next()
            }
        }
    }

    @Test("no bytes make the reader trap", arguments: 0..<300)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("*$+-:0123456789\r\n\r\nab".utf8)
        let reader = RedisReader()
        do {
            for _ in 0..<200 {
                let length = Int(random.next() % 12) + 1
                try reader.feed(
                    (0..<length).map { _ in alphabet.randomElement(using: &random) ?? 0 })
                while try reader.next() != nil {}
            }
        } catch {
            #expect(reader.garbage != .tooLarge)
        }
    }

    @Test(
        "errors are told apart by what they mean for a watcher",
        arguments: [
            ("NOAUTH Authentication required.", RedisError.Kind.needsPassword),
            ("WRONGPASS invalid username-password pair or user is disabled.", .wrongPassword),
            ("ERR invalid password", .wrongPassword),
            ("ERR Client sent AUTH, but no password is set", .wrongPassword),
            ("NOPERM this user has no permissions to run the 'info' command", .notPermitted),
            ("DENIED Redis is running in protected mode because", .protectedMode),
            ("LOADING Redis is loading the dataset in memory", .loading),
            ("MASTERDOWN Link with MASTER is down", .masterDown),
            ("BUSY Redis is busy running a script.", .busy),
            ("ERR max number of clients reached", .tooManyClients),
            ("ERR unknown command 'CONFIG', with args", .unknownCommand),
            ("ERR unknown subcommand 'LATEST'", .unknownCommand),
            ("ERR syntax error", .other), ("", .other),
        ])
    func errors(message: String, kind: RedisError.Kind) {
        #expect(RedisError(message).kind == kind)
    }

    @Test(
        "the biggest clients of a list come first, with what each version tells",
        arguments: ["redis-6.2", "redis-7.0", "redis-8.2", "valkey-9.1"])
    func clients(version: String) throws {
        let line = try redisFixture("clients-\(version).txt")
        let other =
            "id=7 addr=10.0.0.9:5 name=w\u{1B}[1m age=9 idle=3 db=2 tot-mem=9999999 cmd=get user=app"
        let top = RedisClientList.top(line + Array("\n\(other)\n".utf8))
        #expect(top.map(\.user) == ["app", "default"])
        #expect(top[0].name == "w[1m" && top[0].database == 2 && top[0].idleSeconds == 3)
        #expect(top[1].memoryBytes > 10_000 && top[1].command.hasPrefix("client"))
    }

    @Test("of ten thousand clients the twenty with the most memory are kept")
    func manyClients() {
        let text = (0..<10_000).map { "id=\($0) addr=10.0.0.1:\($0) tot-mem=\($0 * 7 % 10_000)\n" }
        let top = RedisClientList.top(Array(text.joined().utf8))
        #expect(top.map(\.memoryBytes) == (0..<20).map { Double(9_999 - $0) })
    }

    @Test("lines that are no clients are skipped")
    func noClients() {
        #expect(RedisClientList.top(Array("\n \nfoo\n=\nid=1\naddr\ntot-mem=9\n".utf8)).isEmpty)
    }

    @Test("a slow command keeps its name, first argument and client")
    func slowLog() throws {
        let entry =
            "*6\r\n:14\r\n:1700000000\r\n:15000\r\n*3\r\n$4\r\nhset\r\n$3\r\nk\u{1}y\r\n"
            + "$6\r\nsecret\r\n$11\r\n127.0.0.1:5\r\n$3\r\napp\r\n"
        let login = "*4\r\n:3\r\n:1700000000\r\n:2\r\n*2\r\n$4\r\nauth\r\n$6\r\nsecret\r\n"
        let log = RedisSlowLog(try replies("*3\r\n\(entry)\(login):5\r\n".utf8)[0])
        #expect(log.entries.map(\.command) == ["HSET ky … (2 arguments)", "AUTH …"])
        #expect(log.entries[0].duration == 0.015 && log.entries[0].at == 1_700_000_000)
        #expect(log.entries[0].client == "app 127.0.0.1:5")
        let families = log.families(length: 9)
        #expect(families.value("redis_slowlog_last_id") == 14)
        #expect(families.value("redis_slowlog_length") == 9)
        #expect(families.value("redis_last_slow_execution_duration_seconds") == 0.015)
    }

    @Test("a latency event gives its time and length")
    func latency() throws {
        let reply = try replies(
            "*2\r\n*4\r\n$4\r\nfork\r\n:1700000000\r\n:12\r\n:30\r\n:1\r\n".utf8)[0]
        let families = RedisLatency.families(reply)
        #expect(families.value("redis_latency_spike_last", ["event_name": "fork"]) == 1_700_000_000)
        #expect(
            families.value("redis_latency_spike_duration_seconds", ["event_name": "fork"]) == 0.012)
    }

    @Test("of the configuration only what was asked for is kept")
    func configuration() {
        func word(_ text: String) -> RedisReply { .text(Array(text.utf8)) }
        var configuration = RedisConfiguration()
        configuration.add(
            .array([word("maxclients"), word("100"), word("requirepass"), word("x")]))
        configuration.add(.array([word("databases")]))
        configuration.add(.integer(3))
        #expect(configuration.values == ["maxclients": "100"])
        #expect(configuration.families.value("redis_config_maxclients") == 100)
    }
}
