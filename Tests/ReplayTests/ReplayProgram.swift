import Glibc
import HTTP
import TestSupport
import Testing

/// The built program, run on a script.
enum ReplayProgram {
    struct Result {
        var exit: Int32
        /// Standard output and standard error.
        var text: String
    }

    /// Where the build put it: beside the tests.
    private static var path: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let candidates = [folder.joined(separator: "/") + "/dogwatch", ".build/debug/dogwatch"]
        return candidates.first { access($0, X_OK) == 0 } ?? "dogwatch"
    }

    /// `words` are plain words; the script is given as a file or on standard input.
    static func run(_ words: [String], file: String, throughInput: Bool = false) throws -> Result {
        let source = throughInput ? "- < '\(file)'" : "'\(file)'"
        let command = "'\(path)' \(words.joined(separator: " ")) \(source) 2>&1"
        guard let pipe = popen(command, "r") else { throw TestFailure("popen: errno \(errno)") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        let status = pclose(pipe)
        return Result(
            exit: (status >> 8) & 0xff, text: String(decoding: bytes, as: UTF8.self))
    }

    static func run(_ words: [String], script: String, throughInput: Bool = false) throws -> Result
    {
        let folder = try TemporaryFolder("replay")
        let file = try folder.write(script, to: "script.json")
        return try run(words, file: file, throughInput: throughInput)
    }

    /// What it prints, of a script that it must accept.
    static func answer(_ words: [String], file: String) throws -> JSONValue {
        let result = try run(words, file: file)
        guard result.exit == 0 else { throw TestFailure("exit \(result.exit): \(result.text)") }
        return try JSONValue(parsing: result.text)
    }
}
