import Glibc

/// A blocking client of a Unix socket or a loopback port that speaks just enough HTTP for these
/// tests. Every read gives up after `patience` seconds.
final class RawClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init?(path: String, patience: Int = 5) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        guard connect(to: &address, patience: patience) else { return nil }
    }

    init?(port: Int, patience: Int = 5) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        guard connect(to: &address, patience: patience) else { return nil }
    }

    deinit { close(descriptor) }

    private func connect<Address>(to address: inout Address, patience: Int) -> Bool {
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
            }
        }
    }

    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads until what came contains `text`; nil when the peer closes or stays silent before.
    func read(until text: String) -> String? {
        while true {
            let soFar = String(decoding: buffer, as: UTF8.self)
            if let range = soFar.firstRange(of: text) {
                buffer = Array(soFar[range.upperBound...].utf8)
                return String(soFar[..<range.upperBound])
            }
            guard readMore() else { return nil }
        }
    }

    private func readMore() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return false }
        buffer += chunk.prefix(count)
        return true
    }
}

extension RawClient {
    /// One answer: its status, its headers as they came, and its body.
    struct Answer {
        var status: Int
        var head: String
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Sends a GET or, with a form, a POST, and reads the answer, which must have a length.
    func ask(_ target: String, form: String? = nil, headers: [String] = ["Host: localhost"])
        -> Answer?
    {
        var lines = ["\(form == nil ? "GET" : "POST") \(target) HTTP/1.1"] + headers
        if let form {
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: \(form.utf8.count)",
            ]
        }
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (form ?? ""))
        return answer()
    }

    /// The next answer; nil when none comes.
    func answer() -> Answer? {
        guard let head = read(until: "\r\n\r\n"),
            let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let line = head.split(separator: "\r\n").first(where: {
                $0.lowercased().hasPrefix("content-length:")
            }), let length = Int(line.drop { $0 != " " }.dropFirst())
        else { return nil }
        while buffer.count < length { guard readMore() else { return nil } }
        defer { buffer.removeFirst(length) }
        return Answer(status: status, head: head, body: Array(buffer.prefix(length)))
    }
}
