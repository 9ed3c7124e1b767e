import Glibc

/// A UDP socket of the loopback that takes questions and never answers.
public final class SilentServer: Sendable {
    public let port: Int
    private let socket: Int32

    public init() throws { (socket, port) = try datagramSocket() }

    deinit { close(socket) }

    /// Whether a datagram has come.
    public var hasBeenAsked: Bool {
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) >= 0
    }
}

/// A little name server: IPv4 addresses of some names, "no such name" for every other.
public final class NameServer: Sendable {
    public let port: Int
    private let socket: Int32

    public convenience init(_ names: [String: [UInt8]]) throws {
        try self.init(many: names.mapValues { [$0] })
    }

    /// Names with several addresses, answered in their order.
    public init(many names: [String: [[UInt8]]]) throws {
        (socket, port) = try datagramSocket()
        let socket = socket
        onOwnThread { answer(on: socket, names) }
    }

    /// Ends the server; its thread closes the socket.
    public func stop() { shutdown(socket, Int32(SHUT_RDWR)) }
}

private func datagramSocket() throws -> (Int32, Int) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
            bind(socket, general, length) == 0 ? getsockname(socket, general, &length) : -1
        }
    }
    guard result == 0 else { throw TestFailure("bind: errno \(errno)") }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
}

private func answer(on socket: Int32, _ names: [String: [[UInt8]]]) {
    var buffer = [UInt8](repeating: 0, count: 512)
    while true {
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(socket, &buffer, buffer.count, 0, $0, &length)
            }
        }
        guard count > 12 else { break }
        let reply = reply(to: Array(buffer[..<count]), names)
        _ = withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(socket, reply, reply.count, 0, $0, length)
            }
        }
    }
    close(socket)
}

/// RFC 1035, section 4: the header, the question again, and an address where the name is known.
private func reply(to question: [UInt8], _ names: [String: [[UInt8]]]) -> [UInt8] {
    var labels: [String] = []
    var index = 12
    while index < question.count, question[index] != 0 {
        let end = min(index + 1 + Int(question[index]), question.count)
        labels.append(String(decoding: question[(index + 1)..<end], as: UTF8.self))
        index = end
    }
    let end = min(index + 5, question.count)
    let isAddress = end >= 4 && question[end - 3] == 1
    let found = isAddress ? names[labels.joined(separator: ".")] ?? [] : []
    let isKnown = names[labels.joined(separator: ".")] != nil
    var reply = Array(question[..<2])
    reply += [0x84, isKnown ? 0x80 : 0x83, 0, 1, 0, UInt8(found.count), 0, 0, 0, 0]
    reply += question[12..<end]
    for address in found { reply += [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4] + address }
    return reply
}
