import Configuration
import Glibc
import Targets
import Testing

@Suite("The shipped config.toml")
struct ShippedConfigurationTests {
    @Test("loads with an empty environment, without a fault")
    func loads() throws {
        let text = try #require(contents(of: "config.toml"))
        let configuration = try Configuration.read(
            text: text, path: "config.toml", surroundings: .allFilesExist()
        ).get()
        #expect(configuration.warnings == [])
        let kinds = Set(configuration.targets.map(\.id.kind))
        #expect(kinds.count == 6)
        #expect(configuration.kpis.count == 6)
        let goals = configuration.kpis.compactMap(\.target)
        #expect(goals.count == 6)
    }

    @Test("takes the addresses of a stack from four variables")
    func addresses() throws {
        let text = try #require(contents(of: "config.toml"))
        let environment = [
            "API_URL": "http://10.1.2.3:4", "POSTGRES_URL": "postgresql:///jobs?host=/run/pg",
            "REDIS_URL": "unix:///run/redis.sock", "DOCKER_SOCKET": "unix:///run/other.sock",
        ]
        let configuration = try Configuration.read(
            text: text, path: "config.toml",
            surroundings: .allFilesExist(environment: environment)
        ).get()
        let urls = configuration.targets.compactMap { target in
            switch target.settings {
            case .http(let settings): settings.url
            case .postgres(let settings): settings.url
            case .redis(let settings): settings.url
            case .containers(let settings): settings.url
            case .scrape(let settings): settings.url
            case .tcp, .host, .command: nil as String?
            }
        }
        #expect(
            urls == [
                "http://10.1.2.3:4/health", "http://10.1.2.3:4/ready", "http://10.1.2.3:4/jobs",
                "postgresql:///jobs?host=/run/pg", "unix:///run/redis.sock",
                "unix:///run/other.sock", "http://10.1.2.3:4/metrics",
            ])
    }
}
