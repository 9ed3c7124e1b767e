import Reactor
import TestSupport

/// One of Debian's exporters beside the collector that it is compared with.
struct ExporterProcess {
    let port: Int
    private let process: ServerProcess

    /// Starts it with arguments that its port completes.
    init(_ program: String, in folder: TemporaryFolder, _ arguments: (Int) -> [String]) throws {
        let number = try freePort()
        port = number
        process = try ServerProcess(
            [program] + arguments(number), log: folder.path("\(program).log")
        ) { accepts(port: number) }
    }

    /// What it says at this moment.
    func scrape() async throws -> ExporterText {
        let stream = try await Stream.connect(
            to: .tcp(host: "127.0.0.1", port: port), by: .after(.seconds(20)))
        try await stream.write(
            Array("GET /metrics HTTP/1.0\r\n\r\n".utf8), by: .after(.seconds(20)))
        var bytes: [UInt8] = []
        while case let more = try await stream.read(by: .after(.seconds(20))), !more.isEmpty {
            bytes += more
        }
        await stream.close()
        return ExporterText(String(decoding: bytes, as: UTF8.self))
    }

    func stop() { process.stop() }
}
