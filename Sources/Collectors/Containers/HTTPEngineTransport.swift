import HTTP
import Reactor
import Targets

/// Talks to an engine over its Unix socket, or over HTTP where a proxy stands before it.
struct HTTPEngineTransport: EngineTransport {
    /// The most that is read of one answer, in bytes. A list has about 1.5 KiB for each container.
    static let bodyLimit = 16 << 20

    let client: HTTPClient
    /// The socket, nil for an address of a host.
    let socket: String?
    /// Without a slash at the end.
    let base: String

    /// Takes `unix:///path`, `http://…`, `https://…`, and `tcp://…` as the docker command spells it.
    init(url: String, client: HTTPClient) throws(CollectionFailure) {
        self.client = client
        if url.hasPrefix("unix://") {
            let path = String(url.dropFirst("unix://".count))
            guard path.hasPrefix("/") else { throw Self.invalid(url) }
            socket = path
            base = "http://engine"
            return
        }
        let address = url.hasPrefix("tcp://") ? "http://" + url.dropFirst("tcp://".count) : url
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
            throw Self.invalid(url)
        }
        socket = nil
        base = String(address.reversed().drop { $0 == "/" }.reversed())
    }

    private static func invalid(_ url: String) -> CollectionFailure {
        CollectionFailure(
            .ours, "\"\(cleaned(url, limit: 80))\" is no address of an engine",
            remedy: "write unix:///var/run/docker.sock, or http://host:port")
    }

    func get(
        _ path: String, by deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> EngineReply {
        let response: HTTPResponse
        do throws(HTTPFailure) {
            response = try await client.perform(request(path), by: deadline)
        } catch {
            throw EngineFailure.connection(error, path: path, socket: socket, base: base)
        }
        guard !response.isTruncated else {
            throw CollectionFailure(
                .garbage,
                "GET \(EngineFailure.plain(path)): more than \(Self.bodyLimit >> 20) MiB")
        }
        return EngineReply(status: response.status, body: response.body)
    }

    func follow(
        _ path: String, quiet: Duration,
        each: @Sendable ([UInt8]) async throws(CollectionFailure) -> Void
    ) async throws(CollectionFailure) {
        let stream: HTTPStream
        do throws(HTTPFailure) {
            stream = try await client.stream(request(path), by: .now + quiet)
        } catch {
            throw EngineFailure.connection(error, path: path, socket: socket, base: base)
        }
        do throws(CollectionFailure) {
            try await read(stream, path, quiet: quiet, each: each)
        } catch {
            await stream.close()
            throw error
        }
        await stream.close()
    }

    private func read(
        _ stream: HTTPStream, _ path: String, quiet: Duration,
        each: @Sendable ([UInt8]) async throws(CollectionFailure) -> Void
    ) async throws(CollectionFailure) {
        var refusal: [UInt8] = []
        // A stream that always has more never waits, and only a wait would notice the end of us.
        while !Task.isCancelled, let bytes = try await next(of: stream, path, quiet: quiet) {
            if stream.head.status == 200 {
                try await each(bytes)
            } else if refusal.count < 65_536 {
                refusal += bytes
            }
        }
        guard stream.head.status == 200 else {
            let reply = EngineReply(status: stream.head.status, body: refusal)
            throw EngineFailure.status(reply, of: path)
        }
    }

    private func next(
        of stream: HTTPStream, _ path: String, quiet: Duration
    ) async throws(CollectionFailure) -> [UInt8]? {
        do throws(HTTPFailure) {
            return try await stream.next(by: .now + quiet)
        } catch {
            throw EngineFailure.connection(error, path: path, socket: socket, base: base)
        }
    }

    private func request(_ path: String) -> HTTPRequest {
        var request = HTTPRequest(url: base + path)
        request.unixSocket = socket
        request.maxBodyBytes = Self.bodyLimit
        request.reusesConnection = true
        return request
    }
}

extension ContainersCollector {
    /// - Parameter patience: how long the first collection may wait for the figures that take two
    ///   measurements, a second apart. Zero for a watch: the second collection has them.
    public init(
        id: TargetID, settings: ContainersSettings, client: HTTPClient, patience: Duration = .zero
    ) throws(CollectionFailure) {
        let transport = try HTTPEngineTransport(url: settings.url, client: client)
        self.init(id: id, settings: settings, transport: transport, patience: patience)
    }
}
