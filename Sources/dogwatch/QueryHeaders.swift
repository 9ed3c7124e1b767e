import Configuration
import HTTP
import QueryReport
import Targets

/// What a query sends along: from the command line, or, as everyone on the machine can read that,
/// from a file or a variable.
struct QueryHeaders {
    private(set) var all: [HTTPHeader] = []

    /// - Parameter options: `Name: value`, `@FILE` with such lines, `env:VARIABLE` with one.
    init(_ options: [String], environment: [String: String]) async throws(QueryUsageError) {
        let reader = SecretReader(environment: environment) { _ throws(SecretFailure) in [] }
        for option in options {
            for line in try await QueryHeaders.lines(of: option, reader) {
                all.append(try QueryHeaders.header(line, from: option))
            }
        }
    }

    private static func lines(
        of option: String, _ reader: SecretReader
    ) async throws(QueryUsageError) -> [Substring] {
        do {
            if option.hasPrefix("@") {
                let text = try await reader.read(.file(String(option.dropFirst())))
                return text.reveal().split(whereSeparator: \.isNewline)
            }
            if option.hasPrefix("env:") {
                let text = try await reader.read(.environment(String(option.dropFirst(4))))
                return [text.reveal()[...]]
            }
        } catch {
            throw QueryUsageError("--header: \(error)")
        }
        return [option[...]]
    }

    private static func header(
        _ line: Substring, from option: String
    ) throws(QueryUsageError) -> HTTPHeader {
        let name = line.prefix { $0 != ":" }
        let value = line.dropFirst(name.count + 1).drop { $0 == " " }
        let isToken = name.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
        }
        guard isToken, !name.isEmpty, name.count < line.count, !value.contains(where: \.isNewline)
        else {
            // The line may hold a secret: it is not repeated.
            let source = option.hasPrefix("@") || option.hasPrefix("env:") ? " in \(option)" : ""
            throw QueryUsageError("--header: a header\(source) is no \"Name: value\"")
        }
        return HTTPHeader(String(name), String(value))
    }
}
