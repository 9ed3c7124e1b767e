import Glibc

/// Why a file cannot be read.
struct FileFault: Error, CustomStringConvertible {
    let description: String
    /// There is no file of that name.
    let isMissing: Bool

    init(number: Int32) {
        description = String(cString: strerror(number))
        isMissing = number == ENOENT
    }

    init(_ description: String) {
        self.description = description
        isMissing = false
    }
}

/// The bytes of a file, or of standard input for "-"; at most `limit`.
func readFile(_ path: String, limit: Int = 256 << 20) throws(FileFault) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault(number: errno) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileFault(number: errno) }
        guard count > 0 else { return bytes }
        guard bytes.count + count <= limit else {
            throw FileFault("it is larger than \(limit >> 20) MiB")
        }
        bytes += buffer[..<count]
    }
}
