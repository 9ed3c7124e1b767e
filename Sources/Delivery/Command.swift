import Alerting
import Glibc
import Reactor
import Targets
import TimeSeries

/// A program: arguments without a shell, the page as JSON on its standard input.
struct CommandReceiver: Receiver {
    let name: String
    private let settings: CommandReceiverSettings
    private let ports: DeliveryPorts

    init(_ name: String, _ settings: CommandReceiverSettings, _ ports: DeliveryPorts) {
        (self.name, self.settings, self.ports) = (name, settings, ports)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        let sources = ReceiverSettings.command(settings).secrets
        return await ports.attempt(page, secrets: sources) { message, secrets in
            let own = settings.secretEnvironment.mapValues { secrets[$0].reveal() }
            do throws(ReactorFailure) {
                let output = try await ChildProcess.run(
                    settings.run, environment: settings.environment.merging(own) { $1 },
                    input: WebhookBody.encoded(message, sentAt: now) + [UInt8(ascii: "\n")],
                    by: min(deadline, .after(settings.timeout)))
                return Command.judge(output, of: settings)
            } catch {
                return Command.judge(error, of: settings)
            }
        }
    }
}

enum Command {
    /// Exit codes after which another run cannot help: wrong data, no permission, wrong
    /// configuration (sysexits.h), not executable, not found (as shells have it).
    static let finalCodes: Set<Int32> = [65, 77, 78, 126, 127]

    static func judge(
        _ output: ChildProcess.Output, of settings: CommandReceiverSettings
    ) -> DeliveryOutcome {
        let program = settings.run.first ?? ""
        let said = lastLine(
            output.standardError.isEmpty ? output.standardOutput : output.standardError)
        let words = said.isEmpty ? "" : ": \(said)"
        switch output.ending {
        case .exited(0): return .accepted(.init(note: said.isEmpty ? nil : said))
        case .exited(let code) where finalCodes.contains(code):
            return .refused(
                DeliveryFailure("\(program) exited with \(code)\(words)", status: Int(code)),
                .configuration)
        case .exited(let code):
            return .retry(
                DeliveryFailure("\(program) exited with \(code)\(words)", status: Int(code)),
                after: .backOff)
        case .signalled(let number):
            return .retry(
                DeliveryFailure("\(program) was ended by signal \(number)\(words)"),
                after: .backOff)
        case .killedAtDeadline:
            return .retry(
                DeliveryFailure("\(program) took too long and was killed\(words)"), after: .backOff)
        }
    }

    static func judge(
        _ failure: ReactorFailure, of settings: CommandReceiverSettings
    ) -> DeliveryOutcome {
        guard case .system(_, let number) = failure,
            [ENOENT, EACCES, ENOTDIR, ENOEXEC, EPERM, EINVAL].contains(number)
        else {
            return .retry(DeliveryFailure("\(failure)"), after: .backOff)
        }
        return .refused(
            DeliveryFailure(
                "\(failure)", remedy: "Give the program's full path; it must be executable."),
            .configuration)
    }

    private static func lastLine(_ output: [UInt8]) -> String {
        let lines = output.split(separator: UInt8(ascii: "\n"))
        return cleaned(lines.last ?? [], limit: 200)
    }
}
