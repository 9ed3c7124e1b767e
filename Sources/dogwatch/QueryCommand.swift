import Lint
import ArgumentParser
import Configuration
import Glibc
import HTTP
import Journal
import PromQL
import QueryReport
import Reactor
import Snapshot
import Terminal
import TimeSeries
import Watch

/// One PromQL query, answered in the terminal.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask in PromQL: an instant as a table, a range as a chart.",
        discussion: """
            Asks this watch's owner, its history where no owner runs, or any Prometheus with --url. \
            Exit code: 0 answered, 1 the query failed, 2 it was not understood.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The expression.") var expression: String

    @Option(
        parsing: .unconditional,
        help: "The instant: 2026-01-02T03:04:05Z, seconds since 1970, or -5m. (default: now)")
    var time: String?
    @Option(help: "A chart of this much time: 15m, 1h, 7d.") var range: String?
    @Option(parsing: .unconditional, help: "Where a range begins, instead of --range.")
    var start: String?
    @Option(parsing: .unconditional, help: "Where a range ends. (default: now)") var end: String?
    @Option(help: "Between two values of a range. (default: what the chart can show)")
    var step: String?

    @Flag(help: "Print JSON, as Prometheus' API has it.") var json = false
    @Flag(help: "Print CSV, a line for each sample.") var csv = false
    @Flag(help: "Draw with ASCII alone.") var ascii = false

    @Option(help: "A Prometheus to ask: http://host:9090, https://user:password@host/path.")
    var url: String?
    @Option(
        help: "Sent along: 'Name: value', @FILE with such lines, or env:VARIABLE with one.")
    var header: [String] = []
    @Option(help: "How long the answer may take.") var timeout = "30s"

    /// Ends the program with this command's own code when its arguments make no sense.
    static func leaveOnMisuse() {
        do {
            _ = try Dogwatch.parseAsRoot()
        } catch  where Dogwatch.exitCode(for: error) == .validationFailure {
            complain(Dogwatch.fullMessage(for: error))
            _exit(QueryExit.usage)
        } catch {
            // Help and version, which the program prints itself.
        }
    }

    func run() async throws {
        let environment = environmentVariables()
        do {
            let style = style(environment)
            let span = try span(width: style.width)
            let source = try await source(environment)
            let answer = try await source.answer(expression, span).ordered(for: expression)
            for notice in answer.notices { complain("\(notice.level.rawValue): \(notice.text)") }
            say(text(answer, span, style))
            if answer.isEmpty { await explainEmpty(source) }
        } catch let error as QueryUsageError {
            complain("dogwatch query: \(error)")
            leave(QueryExit.usage)
        } catch let failure as QueryFailure {
            complain("dogwatch query: \(failure.text(for: expression))")
            if case .expression = failure { leave(QueryExit.usage) }
            leave(QueryExit.failed)
        }
        leave(0)
    }

    private func text(_ answer: QueryAnswer, _ span: QuerySpan, _ style: PrintStyle) -> String {
        if json { return answer.json(span) }
        if csv { return answer.csv(span) }
        let lines: [String]
        switch (span, answer.value) {
        case (.range(let from, let through, let step), .matrix(let series)):
            lines =
                ChartReport(
                    series, of: expression, from: from, through: through, step: step, style: style
                ).lines
        default: lines = TableReport(answer, at: span.end, style: style).lines
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func span(width: Int) throws(QueryUsageError) -> QuerySpan {
        guard !(json && csv) else { throw QueryUsageError("give --json or --csv, not both") }
        let options = QuerySpan.Options(
            time: time, range: range, start: start, end: end, step: step)
        return try QuerySpan(
            options, now: wallClock(), points: ChartReport.points(width: width))
    }

    private func style(_ environment: [String: String]) -> PrintStyle {
        let measured = PrintedOutput.columns(of: STDOUT_FILENO)
        let width = measured ?? environment["COLUMNS"].flatMap { Int($0) } ?? 80
        return PrintStyle(
            width: width,
            isColoured: global.color.isOn(for: STDOUT_FILENO, environment: environment),
            isUTF8: !ascii && PrintedOutput.isUTF8)
    }

    private func source(
        _ environment: [String: String]
    ) async throws -> any QuerySource {
        guard let patience = DurationText.milliseconds(timeout), patience > 0 else {
            throw QueryUsageError("--timeout: \"\(timeout)\" is no length; write \"30s\"")
        }
        let limit = Duration.milliseconds(patience)
        if let url {
            let headers = try await QueryHeaders(header, environment: environment)
            return try RemoteSource(url: url, headers: headers.all, timeout: limit)
        }
        guard header.isEmpty else {
            throw QueryUsageError("--header is for a server: add --url")
        }
        return try await ownSource(environment, timeout: limit)
    }

    /// The owner of the watch; where none runs, what the last one left.
    private func ownSource(
        _ environment: [String: String], timeout: Duration
    ) async throws -> any QuerySource {
        let folder: StateFolder
        if let state = global.state {
            folder = StateFolder(path: state)
        } else {
            // The name of the watch, which its folder is called after, is in its configuration.
            guard let loaded = Loaded(global) else { leave(QueryExit.usage) }
            folder = loaded.state
        }
        let history = folder.historyPath
        guard await !hasOwner(folder), access(history, F_OK) == 0 else {
            return RemoteSource(socket: folder.socketPath, timeout: timeout)
        }
        do {
            return StoreSource(try HistoryReader(path: history), patience: timeout)
        } catch {
            throw QueryFailure.failed("the history cannot be read: \(error)")
        }
    }

    /// Whether a process listens on the watch's socket.
    @IO
    private func hasOwner(_ folder: StateFolder) async -> Bool {
        let owner = Endpoint.unix(path: folder.socketPath)
        guard let stream = try? await Stream.connect(to: owner, by: .after(.seconds(2))) else {
            return false
        }
        stream.close()
        return true
    }

    /// Why there may be no series, with the likely names where one is unknown.
    private func explainEmpty(_ source: any QuerySource) async {
        complain("no series matched")
        guard let names = try? await source.metricNames(),
            let parsed = try? Expression(parsing: expression)
        else { return }
        for line in MetricHints(parsed.metrics, known: names).lines { complain("  " + line) }
    }

    /// Without the exit handlers of C libraries whose threads may still be at work.
    private func leave(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}

/// Exit codes of `dogwatch query`.
enum QueryExit {
    static let failed: Int32 = 1
    static let usage: Int32 = 2
}
