import Collectors
import HTTP
import Reactor
import Targets

/// The way to one endpoint, as its target has it: a kept connection for requests without credentials
/// that follow no redirect. Connections count towards the limit of what a host is asked.
actor EndpointLine {
    let settings: HTTPSettings
    private let client: HTTPClient
    private let userAgent: String
    private let budget: HostBudget
    private var hosts: Set<String> = []

    private static let limit = Duration.seconds(5)
    private static let bodyLimit = 1 << 20

    init(
        _ settings: HTTPSettings, client: HTTPClient, userAgent: String, budget: HostBudget
    ) {
        self.settings = settings
        self.client = client
        self.userAgent = userAgent
        self.budget = budget
    }

    /// A request to the target's own url, to be changed and sent.
    nonisolated var request: HTTPRequest {
        var request = HTTPRequest(url: settings.url)
        request.tls = TLSOptions(settings.tls)
        request.proxy = settings.proxy
        request.reusesConnection = true
        request.maxBodyBytes = Self.bodyLimit
        request.headers = [HTTPHeader("User-Agent", userAgent)]
        return request
    }

    /// Waits for leave to open the first connection to a host; one that a server closed is counted.
    ///
    /// - Throws: When no answer came, and `.cancelled` where nothing was asked.
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let host = HTTPAddress.host(of: request.url)
        let isFirst = hosts.insert(host).inserted
        if isFirst, await !budget.turn(at: host) {
            throw HTTPFailure(.cancelled, in: .connect, url: request.url)
        }
        let response = try await client.perform(request, by: .after(Self.limit))
        if !isFirst, response.phases.connect != nil { await budget.note(host) }
        return response
    }
}
