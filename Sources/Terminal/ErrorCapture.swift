import CNcurses
import Glibc

/// While the screen is up, what libraries write to the standard error goes to a file in memory
/// instead of across the screen; afterwards it follows on the terminal.
struct ErrorCapture {
    /// The most that is kept, in bytes; what is older is dropped.
    static let limit = 64 << 10

    /// The memory file; -1 while nothing is captured.
    private(set) var file: Int32 = -1
    private var kept: Int32 = -1

    /// Begins when the standard error is a terminal; a file or a pipe stays as it is.
    mutating func begin() {
        guard file < 0, isatty(STDERR_FILENO) == 1 else { return }
        let memory = dw_memory_file()
        guard memory >= 0 else { return }
        kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        guard kept >= 0, dup2(memory, STDERR_FILENO) >= 0 else {
            _ = close(memory)
            return
        }
        file = memory
    }

    /// Empties a file that has grown beyond the limit.
    func bound() {
        guard file >= 0, lseek(file, 0, SEEK_END) > ErrorCapture.limit else { return }
        _ = ftruncate(file, 0)
        lseek(file, 0, SEEK_SET)
    }

    /// Puts the standard error back and writes to it what was captured.
    mutating func end() {
        guard file >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: ErrorCapture.limit)
        let count = pread(file, &buffer, buffer.count, 0)
        dup2(kept, STDERR_FILENO)
        if count > 0 { _ = write(STDERR_FILENO, buffer, count) }
        _ = close(kept)
        _ = close(file)
        file = -1
        kept = -1
    }
}
