import Checklist
import HTTP
import Reactor
import Targets

/// Runs the programs and asks the URLs that bindings name, within their bounds.
struct SourceReader: Sendable {
    let client: HTTPClient
    let userAgent: String
    let budget: HostBudget

    /// The most that is kept of what a command prints or a URL answers.
    static let outputLimit = 16 << 20

    /// What a command printed and how it ended: all of it, and nothing of one that was killed.
    func output(
        of words: [String], within patience: Duration
    ) async throws(ReportFault) -> (bytes: [UInt8], code: Int32, said: String) {
        let program = words.first ?? ""
        let output: ChildProcess.Output
        do {
            output = try await ChildProcess.run(
                words, outputLimit: Self.outputLimit, by: .after(patience))
        } catch {
            throw ReportFault("\(error)", at: program)
        }
        guard !output.isTruncated else {
            throw ReportFault("it printed more than \(Self.outputLimit >> 20) MiB", at: program)
        }
        switch output.ending {
        case .exited(let code):
            let said = Redaction.redacted(cleaned(output.standardError.prefix(400)))
            return (output.standardOutput, code, said)
        case .signalled(let number): throw ReportFault("ended by signal \(number)", at: program)
        case .killedAtDeadline: throw ReportFault("it did not end in time", at: program)
        }
    }

    /// What a command printed that ended well.
    func text(of words: [String], within patience: Duration) async throws(ReportFault) -> [UInt8] {
        let (bytes, code, said) = try await output(of: words, within: patience)
        guard code == 0 else {
            throw ReportFault(
                "exit code \(code)\(said.isEmpty ? "" : ": \(said)")", at: words.first ?? "")
        }
        return bytes
    }

    /// What a GET without credentials was answered, whatever its status.
    func answer(
        of url: String, within patience: Duration
    ) async throws(ReportFault) -> (body: [UInt8], status: Int) {
        guard await budget.turn(at: HTTPAddress.host(of: url)) else {
            throw ReportFault("cancelled", at: url)
        }
        var request = HTTPRequest(url: url)
        request.maxBodyBytes = Self.outputLimit
        request.headers = [HTTPHeader("User-Agent", userAgent)]
        do {
            let response = try await client.perform(request, by: .after(patience))
            return (response.body, response.head.status)
        } catch {
            throw ReportFault("\(error)", at: url)
        }
    }
}
