import Lint
import ArgumentParser
import Checklist
import Configuration
import Glibc
import Snapshot
import TimeSeries
import Watch

/// Where plans stand, what their items rest on, and which checks there are.
struct ChecklistCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checklist",
        abstract: "Plans that verify themselves: progress by section, from live evidence.",
        subcommands: [
            ChecklistShowCommand.self, ChecklistBindCommand.self, ChecklistChecksCommand.self,
            RunCommand.self, LookCommand.self, AttestCommand.self, WaiveCommand.self,
            RevokeCommand.self, SignaturesCommand.self,
            LedgerCommand.self,
        ],
        defaultSubcommand: ChecklistShowCommand.self)
}

/// The progress of one plan, or of every plan of the configuration.
struct ChecklistShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "The progress of a plan (also without a subcommand).",
        discussion: """
            Exit code: 0 everything is done, 1 something is open, 2 something failed, 3 something is \
            unknown, 78 a plan or its bindings cannot be used.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "A Markdown document; without it every plan of the configuration.")
    var plan: String?
    @Flag(name: .long, help: "Print JSON.") var json = false
    @Flag(name: .long, help: "Print Markdown, for a ticket or a chat.") var markdown = false

    /// How long it waits for the second look that turns a security check green.
    static let patience = 8

    func run() async throws {
        let loaded = try self.loaded()
        let sources =
            plan.map { [PlanSource(plan: $0)] }
            ?? loaded?.configuration.watch.plans.map(PlanSource.init) ?? []
        guard !sources.isEmpty else {
            complain("dogwatch: no plan: name one, or set plans in [watch].")
            throw ExitCode(ExitCodes.configuration)
        }
        let plans = try sources.map { ($0, try load($0)) }
        if let reports = await ownersReports(loaded, of: sources) { return try end(with: reports) }
        let (results, origin) = await look(loaded, for: plans.map(\.1))
        let now = wallClock()
        let signed = await SignatureBook.onDisk(loaded)
        let reports = plans.map { source, plan in
            let facts = PlanFacts(
                results: results, attestations: signed.attestations(of: source.plan))
            var verdict = PlanVerdict(of: plan, by: facts, at: now)
            verdict.items = Run.awaited(verdict.items, of: plan)
            return ChecklistReport(
                of: plan, verdict, file: source.plan, evidence: origin,
                facts: facts)
        }
        try end(with: reports)
    }

    private func end(with reports: [ChecklistReport]) throws {
        try show(reports)
        fflush(nil)
        _exit(Self.worst(reports.map(\.exitCode)))
    }

    /// What the owner of the watch knows of these plans: it has looked for longer. nil where it has not
    /// all of them; waits a little for one that has only begun.
    private func ownersReports(
        _ loaded: Loaded?, of sources: [PlanSource]
    ) async -> [ChecklistReport]? {
        guard let loaded else { return nil }
        let own = loaded.configuration.watch.plans.map(\.file)
        let wanted = sources.compactMap { source in
            own.first { FileStamp(of: $0) == FileStamp(of: source.plan) }
        }
        guard wanted.count == sources.count else { return nil }
        let world = World(loaded, log: .standardError, level: .error)
        for _ in 0..<Self.patience {
            guard let reports = await world.ownersChecklists(loaded.state) else { return nil }
            let found = wanted.compactMap { file in reports.first { $0.file == file } }
            if found.count == wanted.count { return found }
            try? await Task.sleep(for: .seconds(1))
        }
        return nil
    }

    /// The configuration; none is needed where a plan is named.
    private func loaded() throws -> Loaded? {
        let isThere = ConfigurationFile.candidates(
            option: global.config, environment: environmentVariables()
        ).contains { access($0, F_OK) == 0 }
        if plan != nil, !isThere, global.config == nil { return nil }
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        return loaded
    }

    private func load(_ source: PlanSource) throws -> BoundPlan {
        do {
            let (plan, warnings) = try source.load()
            for warning in warnings { complain(warning.description) }
            return plan
        } catch {
            complain("\(error)")
            throw ExitCode(ExitCodes.configuration)
        }
    }

    /// Looks at what the owner of the watch sees, again while a check waits for its second look.
    private func look(
        _ loaded: Loaded?, for plans: [BoundPlan]
    ) async -> ([String: [CheckResult]], String) {
        var memory = ChecklistMemory()
        guard let loaded else {
            return (memory.look(at: Evidence(now: wallClock())), "none: there is no configuration")
        }
        let world = World(loaded, log: .standardError, level: .error)
        let surveys = Surveys(world)
        var wanted = Wanted(plans, targets: loaded.configuration.targets)
        wanted.isUrgent = true
        let named = loaded.configuration.watch.plans.map { FileStamp(of: $0.file) }
        wanted.mayReachOut = plan.map { named.contains(FileStamp(of: $0)) } ?? true
        var results = memory.look(at: Evidence(now: wallClock()))
        for round in 0..<Self.patience {
            guard let snapshot = await world.ownersSnapshot(loaded.state, within: .seconds(1))
            else {
                return (results, "none: no watch is running")
            }
            var evidence = Evidence(snapshot, at: wallClock())
            evidence.surveyed = await surveys.look(wanted)
            evidence.expect(wanted.plans)
            results = memory.look(at: evidence)
            guard memory.isWaiting(at: wallClock()), round + 1 < Self.patience else { break }
            try? await Task.sleep(for: .seconds(1))
        }
        return (results, "the watch \"\(loaded.configuration.watch.name)\"")
    }

    private func show(_ reports: [ChecklistReport]) throws {
        if json {
            say(try pretty(reports))
        } else {
            say(reports.map { markdown ? $0.markdown : $0.table }.joined(separator: "\n"))
        }
    }

    /// Failed before unknown before open.
    static func worst(_ codes: [Int32]) -> Int32 {
        [2, 3, 1].first { codes.contains($0) } ?? 0
    }
}

/// Proposes bindings from the words of a plan.
struct ChecklistBindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bind",
        abstract: "Propose what the items of a plan rest on; the plan itself is never written.")

    @Argument(help: "A Markdown document.") var plan: String
    @Flag(name: .long, help: "Save it beside the plan, where there is none yet.") var write = false

    func run() throws {
        let document: Plan
        do {
            document = try PlanSource(plan: plan, checks: "").load().plan.plan
        } catch {
            complain("\(error)")
            throw ExitCode(ExitCodes.configuration)
        }
        let name = plan.split(separator: "/").last.map(String.init) ?? plan
        let proposal = Proposal(for: document, file: name)
        for anchor in proposal.unrecognised {
            complain("no check is known for \(anchor): a person signs it.")
        }
        guard write else { return say(proposal.toml) }
        try save(proposal.toml)
    }

    /// An existing file is somebody's work: it is not replaced.
    private func save(_ text: String) throws {
        let path = BindingsFile.standard(for: plan)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let why = String(cString: strerror(errno))
            complain(
                "dogwatch: \(path) was not written: \(why). Move it away, or leave out --write.")
            throw ExitCode(ExitCodes.temporary)
        }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else {
                complain("dogwatch: \(path): \(String(cString: strerror(errno))).")
                throw ExitCode(ExitCodes.temporary)
            }
            rest = rest.dropFirst(max(0, count))
        }
        say("\(path)\n")
    }
}

/// The catalogue.
struct ChecklistChecksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checks",
        abstract: "Every check: what it reads, its rule, what it needs and how to make it pass.")

    @Argument(help: "The beginning of an id, such as \"pg.\"; all without it.")
    var prefix: String = ""
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() throws {
        let checks = (Catalogue.all + Catalogue.asserts).filter { $0.id.hasPrefix(prefix) }
        guard !checks.isEmpty else {
            complain("dogwatch: no check begins with \"\(prefix)\".")
            throw ExitCode(1)
        }
        say(json ? try pretty(checks) : checks.map(\.text).joined(separator: "\n"))
    }
}

struct LookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "look",
        abstract: "Have the watch look at everything anew, without waiting for its turn.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        try await ChecklistAct.look.send(loaded)
    }
}
