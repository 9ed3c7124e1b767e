import Alerting
import ArgumentParser
import Checklist
import Configuration
import Glibc
import Service
import Targets
import TimeSeries
import Watch

/// What signing has in common: the item is looked up in the plan, and the owner of the watch keeps it.
struct SigningOptions: ParsableArguments {
    @Argument(help: "The item: its anchor, the end of it, or the beginning of its text.")
    var item: String
    @Option(help: "The plan (default: the only one of the configuration).") var plan: String?
    @Option(
        name: .customLong("for"), help: "For how long (default: as the item is bound, else 90d).")
    var length: Length?
    @Option(help: "In which role.") var role: String?
    @Option(help: "The release that it is about (default: any).") var release: String?
    @Option(
        name: .long,
        help:
            "A file or a URL#SHA256 that proves it; of a file the digest is taken. May be repeated."
    )
    var evidence: [String] = []
    @Option(
        name: .customLong("ssh-key"),
        help: "Sign with this SSH key; the watch checks it against allowed_signers.")
    var key: String?

    private static let standard = Duration.seconds(90 * 86_400)

    /// Signs, and says what came of it.
    func sign(
        _ state: Attestation.State, _ statement: String, _ global: GlobalOptions
    ) async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        try await sign(state, statement, loaded, try find(in: loaded))
    }

    func sign(
        _ state: Attestation.State, _ statement: String, _ loaded: Loaded,
        _ found: (source: PlanSource, item: BoundItem)
    ) async throws {
        let (source, item) = found
        let now = wallClock()
        let lasts = length?.duration ?? item.binding?.expires ?? Self.standard
        let attestation = Attestation(
            item: item.binding?.anchor ?? item.item.anchor, textHash: item.item.textHash,
            state: state, statement: statement, signer: userName(geteuid()), role: role,
            signed: now, expires: now + min(lasts, Attestation.longest), scope: release,
            evidence: try evidence.map(proof))
        let name = PlanSource.name(of: source.plan)
        var statement = SignedStatement(plan: name, attestation: attestation)
        if let key {
            do throws(SSHSignature.Failure) {
                statement.signature = try await SSHSignature.sign(statement.canonical, with: key)
            } catch {
                complain("dogwatch: \(error)")
                throw ExitCode(1)
            }
        }
        try await ChecklistAct.sign(statement).send(loaded)
    }

    /// The one item that is meant.
    func find(in loaded: Loaded) throws -> (PlanSource, BoundItem) {
        let all = loaded.configuration.watch.plans.map(PlanSource.init)
        let sources = plan.map { [PlanSource(plan: $0)] } ?? all
        var found: [(PlanSource, BoundItem)] = []
        for source in sources {
            do {
                found += try source.load().plan.items.filter(matches).map { (source, $0) }
            } catch {
                complain("\(error)")
                throw ExitCode(ExitCodes.configuration)
            }
        }
        let exact = found.filter { $0.1.item.anchor == item }
        if exact.count == 1 { return exact[0] }
        guard found.count == 1 else {
            complain(
                found.isEmpty
                    ? "dogwatch: no plan has an item \(cleaned(item)). See: dogwatch checklist."
                    : "dogwatch: \(cleaned(item)) may be "
                        + found.prefix(5).map { $0.1.item.anchor }.joined(separator: ", ") + ".")
            throw ExitCode(1)
        }
        return found[0]
    }

    private func matches(_ candidate: BoundItem) -> Bool {
        candidate.item.anchor == item || candidate.item.anchor.hasSuffix("/\(item)")
            || candidate.item.text.lowercased().hasPrefix(item.lowercased())
    }

    /// "https://…#sha256", or a file whose digest is taken.
    private func proof(_ text: String) throws -> Attestation.Evidence {
        if let hash = text.lastIndex(of: "#"), text.contains("://") {
            return .init(
                url: String(text[..<hash]), sha256: String(text[text.index(after: hash)...]))
        }
        do throws(FileFault) {
            return .init(url: text, sha256: SHA256.hex(try readFile(text, limit: 64 << 20)))
        } catch {
            complain("dogwatch: \(cleaned(text)): \(error)")
            throw ExitCode(1)
        }
    }
}

private let exits = """
    Exit code: 0 when it was written, 1 when it was refused, 75 when no watch answers, 78 when the \
    configuration or a plan cannot be used.
    """

struct AttestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attest",
        abstract: "Sign that an item holds, does not hold, or does not apply.",
        discussion:
            "No signature outvotes a check that fails. It ends when the item's text changes, "
            + "when a check of it fails, and at its date.\n\n" + exits)

    enum Verdict: String, ExpressibleByArgument, CaseIterable {
        case holds
        case doesNotHold = "does-not-hold"
        case notApplicable = "not-applicable"

        var state: Attestation.State { Attestation.State(rawValue: rawValue) ?? .holds }
    }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: "What you vouch for, in a sentence.") var statement: String
    @Option(name: .customLong("is"), help: "holds, does-not-hold or not-applicable.")
    var verdict = Verdict.holds

    func run() async throws { try await signing.sign(verdict.state, statement, global) }
}

struct WaiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waive",
        abstract: "Accept for a while that an item fails. It is shown as waived, never as done.",
        discussion: exits)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: "Why that is acceptable.") var reason: String

    func run() async throws { try await signing.sign(.waived, reason, global) }
}

struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take back what you signed about an item.",
        discussion: exits)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: "Why.") var reason: String = "revoked"

    func run() async throws { try await signing.sign(.revoked, reason, global) }
}

/// What was signed, for an archive.
struct SignaturesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signatures",
        abstract: "Everything that was signed, as TOML: appended, never edited.")

    @OptionGroup var global: GlobalOptions
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let all = await SignatureBook.onDisk(loaded)
        say(json ? try pretty(all) : all.map(\.toml).joined(separator: "\n"))
    }
}

extension SignedStatement {
    /// A table of a TOML document.
    var toml: String {
        let said = attestation
        var lines = [
            "[[attestation]]", "plan = \(quoted(plan))", "item = \(quoted(said.item))",
            "text_sha256 = \(quoted(said.textHash))", "state = \(quoted(said.state.rawValue))",
            "statement = \(quoted(said.statement))", "signer = \(quoted(said.signer))",
        ]
        if let role = said.role { lines.append("role = \(quoted(role))") }
        if let scope = said.scope { lines.append("scope = \(quoted(scope))") }
        lines += ["signed = \(said.signed.text)", "expires = \(said.expires.text)"]
        if !said.evidence.isEmpty {
            let proofs = said.evidence.map {
                "{ url = \(quoted($0.url)), sha256 = \(quoted($0.sha256)) }"
            }
            lines.append("evidence = [\(proofs.joined(separator: ", "))]")
        }
        if let signature { lines.append("signature = \(quoted(signature))") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A basic string of TOML.
    private func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\t": "\\t"
            case let other where other.value < 0x20 || other.value == 0x7f:
                "\\u" + String(repeating: "0", count: 4 - String(other.value, radix: 16).count)
                    + String(other.value, radix: 16)
            case let other: String(other)
            }
        }.joined()
        return "\"\(escaped)\""
    }
}
