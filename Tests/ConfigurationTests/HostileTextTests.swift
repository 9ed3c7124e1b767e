import Configuration
import TestSupport
import Testing

@Suite("Hostile configurations")
struct HostileTextTests {
    @Test("give a configuration or faults within the text, never a trap", arguments: 1...6)
    func mutations(seed: UInt64) throws {
        let shipped = try #require(contents(of: "config.toml"))
        var texts = MutatedBytes(toml: everyTable, seed: seed)
        var mutatedShipped = MutatedBytes(toml: shipped, seed: seed)
        for round in 0..<400 {
            let bytes = round % 4 == 0 ? mutatedShipped.next() : texts.next()
            let result = Configuration.read(
                bytes: bytes, path: "config.toml", surroundings: .allFilesExist())
            guard case .failure(let faults) = result else { continue }
            let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).count
            #expect(faults.all.contains { $0.severity == .error })
            #expect(faults.all.allSatisfy { (1...lines).contains($0.line) && $0.column >= 1 })
        }
    }

    @Test("a secret that lost its quotes or its place is not printed")
    func secretsStayUnseen() {
        let texts = [
            "[[redis]]\nname = \"c\"\nurl = \"redis://h\"\npassword = hunter2",
            "[[redis]]\nname = \"c\"\nurl = redis://:hunter2@h",
            "[[redis]]\nname = \"c\"\nurl = \":hunter2@h:6379\"",
            "[[http]]\nname = \"c\"\nurl = \"https//h/?api_key=hunter2\"",
            "[[postgres]]\nname = \"c\"\nurl = \"dbname=x password = 'hunter2'\"",
            "[[postgres]]\nname = \"c\"\nurl = \"postgres://h/x?password=hunter2\"",
            "[[receiver]]\nname = \"c\"\ntype = \"ntfy\"\ntoken = [\"hunter2\"]",
        ]
        for text in texts {
            let result = Configuration.read(text: text, path: "c", surroundings: .allFilesExist())
            guard case .failure(let faults) = result else {
                Issue.record("accepted: \(text)")
                continue
            }
            #expect(!faults.description.contains("hunter2"))
        }
    }
}

/// Every table and nearly every key once.
private let everyTable = """
    [watch]
    name = "${NAME:-x}"
    length = "24h"
    plans = ["a.md", { file = "b.md", checks = "b.toml" }]
    canary = ["192.0.2.1:443", "[::1]:53"]
    [[http]]
    name = "api"
    url = "https://a.example:443/x?y=z"
    timeout = "1s500ms"
    labels = { team = "a" }
    depends_on = ["redis/cache", "containers/d:api"]
    basic = { user = "u", password = { command = ["pass", "x"] } }
    tls = { ca = "a", certificate = "b", key = "c" }
    expect = { status = [200], json = { "$.a" = 1.5 }, matches = ['^a'], within = "1s" }
    [[tcp]]
    name = "t"
    address = "[2001:db8::1]:25"
    [[redis]]
    name = "cache"
    url = "rediss://u@h:1/0"
    password = { env = "X" }
    [[containers]]
    name = "d"
    url = "unix:///s"
    [[scrape]]
    name = "s"
    url = "http://h"
    max_bytes = "1MiB"
    [[command]]
    name = "c"
    run = ["x", "-y"]
    [[kpi]]
    name = "k"
    value = 'up{a="${1}"}'
    target = "≥ 99.9 %"
    [[slo]]
    name = "s"
    bad = 'a'
    total = "b"
    objective = 99.9
    window = "30d"
    [[alert]]
    name = "a"
    value = "x"
    above = "-1.5ms"
    [[receiver]]
    name = "r"
    type = "ntfy"
    url = "https://ntfy.example/oncall"
    topic = { env = "TOPIC" }
    [[receiver]]
    name = "w"
    type = "webhook"
    url = "https://hook.example/p"
    secret = [{ file = "a" }, { file = "b" }]
    allow_networks = ["10.0.0.0/8"]
    [[escalation]]
    name = "e"
    steps = [{ notify = ["receiver:r"], wait = "5m" }]
    [route]
    page = ["escalation:e"]
    [[route.routes]]
    matchers = ["a=b"]
    """
