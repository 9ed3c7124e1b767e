import Synchronization

/// The product of this little production: an HTTP API that takes jobs and tells how they are.
///
///     GET  /health     the process answers
///     GET  /ready      PostgreSQL and Redis answer too
///     GET  /metrics    Prometheus text
///     POST /jobs       {"kind": "thumbnail" | "transcode" | "upload", "payload": …} → 202 {"id": …}
///     GET  /jobs       the newest jobs
///     GET  /jobs/ID    the job, from the cache or from PostgreSQL
final class JobsAPI: Sendable {
    static let kinds = ["thumbnail", "transcode", "upload"]

    private let metrics: Metrics
    private let faults: FaultBoard
    private let manners: Manners
    private let reads: Lane
    private let writes: Lane
    private let hanging = Mutex<[Exchange]>([])
    private let burst = Mutex(0)

    init(
        metrics: Metrics, faults: FaultBoard, manners: Manners,
        stores: @escaping @Sendable (String) -> JobStore
    ) {
        self.metrics = metrics
        self.faults = faults
        self.manners = manners
        reads = Lane("api-read", threads: 6, limit: 128, stores: stores)
        writes = Lane("api-write", threads: 3, limit: 32, stores: stores)
    }

    /// Answers what hangs once the fault that held it is over. Call it now and then.
    func update() {
        guard !faults.isActive(.apiHang) else { return }
        let exchanges = hanging.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for exchange in exchanges { exchange.answer(.failure(503, "took too long")) }
    }

    func route(_ request: HTTPServer.Request) -> HTTPServer.Route {
        if faults.isActive(.apiHang) {
            return .later { exchange in self.hanging.withLock { $0.append(exchange) } }
        }
        if let refusal = manners.refusal(to: request) { return .now(refusal) }
        if request.method == "GET", let page = manners.documentation(request.path) {
            return .now(page)
        }
        switch (request.method, Self.label(of: request.path)) {
        case ("GET", "/health"): return .now(.ok(#"{"status":"ok"}"#))
        case ("GET", "/metrics"):
            return .now(.init(status: 200, type: "text/plain; version=0.0.4", body: metrics.text()))
        case ("GET", "/ready"): return run(in: reads, ready)
        case ("POST", "/jobs"): return fails() ? .now(.failure(500, "burst")) : create(request)
        case ("GET", "/jobs"): return fails() ? .now(.failure(500, "burst")) : list()
        case ("GET", "/jobs/:id"):
            return fails() ? .now(.failure(500, "burst")) : read(request.path)
        case (_, "other"): return .now(.failure(404, "no such page"))
        default: return .now(.failure(405, "not with this method"))
        }
    }

    /// The route that stands for a path in the metrics: a bounded set whatever clients ask for.
    static func label(of path: String) -> String {
        switch path {
        case "/health", "/ready", "/metrics", "/jobs": path
        default: path.hasPrefix("/jobs/") ? "/jobs/:id" : "other"
        }
    }

    private func create(_ request: HTTPServer.Request) -> HTTPServer.Route {
        let body = String(decoding: request.body, as: UTF8.self)
        guard let kind = Self.kinds.first(where: { body.contains("\"kind\":\"\($0)\"") }),
            !body.contains("\0")
        else { return .now(.failure(400, "kind must be one of \(Self.kinds)")) }
        return run(in: writes) { store throws(StoreFailure) in
            let id = try store.create(kind: kind, payload: body)
            return .init(status: 202, body: #"{"id":\#(id)}"#)
        }
    }

    private func read(_ path: String) -> HTTPServer.Route {
        guard let id = Int(path.dropFirst("/jobs/".count)) else {
            return .now(.failure(404, "a job's number is a number"))
        }
        return run(in: reads) { store throws(StoreFailure) in
            let job = try store.read(String(id))
            return job.map { .ok($0) } ?? .failure(404, "no such job")
        }
    }

    private func list() -> HTTPServer.Route {
        run(in: reads) { store throws(StoreFailure) in .ok(try store.recent()) }
    }

    private func ready(_ store: JobStore) throws(StoreFailure) -> HTTPServer.Response {
        try store.check()
        return .ok(#"{"status":"ok","postgres":"ok","redis":"ok"}"#)
    }

    private func run(
        in lane: Lane,
        _ act: @escaping @Sendable (JobStore) throws(StoreFailure) -> HTTPServer.Response
    ) -> HTTPServer.Route {
        .later { exchange in
            let isTaken = lane.submit { store in
                do {
                    exchange.answer(try act(store))
                } catch {
                    exchange.answer(.failure(503, "a store failed"))
                }
            }
            if !isTaken { exchange.answer(.failure(503, "too busy")) }
        }
    }

    /// True for four of ten requests while the fault lasts.
    private func fails() -> Bool {
        guard faults.isActive(.errorBurst) else { return false }
        return burst.withLock { count in
            count += 1
            return count % 10 < 4
        }
    }
}

extension HTTPServer.Response {
    static func ok(_ json: String) -> Self { .init(status: 200, body: json) }
    static func failure(_ status: Int, _ text: String) -> Self {
        .init(status: status, body: #"{"error":"\#(status)","message":"\#(text)"}"#)
    }
}
