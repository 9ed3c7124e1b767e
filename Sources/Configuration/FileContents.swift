import Glibc

/// The bytes of a file; of a larger one than `limit` a little more, so that its reader can refuse
/// it.
public func bytes(
    ofFile path: String, limit: Int = 8 << 20
) throws(ConfigurationFileFailure) -> [UInt8] {
    // A FIFO must not hold up the start: opened without waiting, it reads as empty.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path, errno: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw .unreadable(path, errno: errno) }
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return bytes
}
