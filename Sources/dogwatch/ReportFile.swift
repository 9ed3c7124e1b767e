import Glibc
import TimeSeries

/// A file or a folder of files that another tool writes.
enum ReportFile {
    /// The most that is read of a file, and the most files of a folder.
    static let sizeLimit = 32 << 20
    static let countLimit = 500

    struct Contents {
        var name: String
        var writtenAt: Timestamp
        var bytes: Result<[UInt8], FileFault>
    }

    /// The file itself, or the files of the folder whose names end in ".json", ".jsonl" or ".sarif",
    /// by name. Nothing is waited for: a FIFO or a device is refused.
    ///
    /// - Parameter isTail: Of a file that is too large, its last part is enough.
    static func read(_ path: String, isTail: Bool) throws(FileFault) -> [Contents] {
        guard let folder = opendir(path) else {
            guard errno == ENOTDIR else { throw FileFault(number: errno) }
            return [try contents(of: path, isTail: isTail)]
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard [".json", ".jsonl", ".sarif"].contains(where: name.hasSuffix) else { continue }
            guard names.count < countLimit else {
                throw FileFault("it holds more than \(countLimit) reports")
            }
            names.append(name)
        }
        guard !names.isEmpty else { throw FileFault("it holds no report") }
        var all: [Contents] = []
        for name in names.sorted() {
            do throws(FileFault) {
                all.append(try contents(of: "\(path)/\(name)", isTail: isTail))
            } catch {
                all.append(Contents(name: name, writtenAt: .distantPast, bytes: .failure(error)))
            }
        }
        return all
    }

    /// One file; nothing is waited for.
    static func contents(of path: String, isTail: Bool) throws(FileFault) -> Contents {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFault(number: errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFault(number: errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw FileFault("it is no file") }
        var skipsLine = false
        if facts.st_size > sizeLimit {
            guard isTail else { throw FileFault("it is larger than \(sizeLimit >> 20) MiB") }
            lseek(descriptor, -off_t(sizeLimit), SEEK_END)
            skipsLine = true
        }
        var bytes = try rest(of: descriptor)
        if skipsLine { bytes = Array(bytes.drop { $0 != 10 }.dropFirst()) }
        let written = Timestamp(
            milliseconds: Int64(facts.st_mtim.tv_sec) * 1000
                + Int64(facts.st_mtim.tv_nsec) / 1_000_000)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return Contents(name: name, writtenAt: written, bytes: .success(bytes))
    }

    private static func rest(of descriptor: Int32) throws(FileFault) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFault(number: errno) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            // It may grow while it is read.
            guard bytes.count <= 2 * sizeLimit else {
                throw FileFault("it is larger than \(sizeLimit >> 20) MiB")
            }
        }
    }
}
