import Alerting
import Checklist
import FoundationEssentials
import Journal
import Records
import Targets
import TimeSeries
import Watch

/// What somebody signed about an item of a plan, as it is sent and kept.
struct SignedStatement: Codable, Sendable {
    /// The plan's file, without its folder.
    var plan: String
    var attestation: Attestation
    /// A detached SSH signature over `canonical`, in its armour.
    var signature: String?

    /// What is signed: the plan and the attestation as JSON with sorted keys.
    var canonical: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var unsigned = self
        unsigned.signature = nil
        return (try? encoder.encode(unsigned)).map(Array.init) ?? []
    }

    /// Characters of a statement, at most.
    private static let longest = 2000
    /// How far the signer's clock may be off the watch's.
    private static let clockDifference = Duration.seconds(300)

    /// Why it cannot be taken; nil when it can.
    func fault(at now: Timestamp) -> String? {
        let said = attestation
        let difference = said.signed.duration(since: now)
        guard difference <= Self.clockDifference, difference >= .zero - Self.clockDifference
        else { return "it was signed at \(said.signed.text): is a clock wrong?" }
        guard said.statement.count <= Self.longest else {
            return "a statement has at most \(Self.longest) characters"
        }
        guard !said.statement.isEmpty || said.state == .revoked else {
            return "a signature needs a statement"
        }
        guard said.expires > said.signed else { return "it would end before it begins" }
        guard said.expires.duration(since: said.signed) <= Attestation.longest else {
            return "a signature is good for a year at most"
        }
        return nil
    }
}

extension [SignedStatement] {
    func attestations(of plan: String) -> [Attestation] {
        let file = PlanSource.name(of: plan)
        return filter { $0.plan == file }.map(\.attestation)
    }
}

/// The signatures of a watch: appended, never edited, in `pager.db` with a hash-chained line each.
actor SignatureBook {
    private let paging: Paging
    private let folder: String
    /// The file of the newest configuration.
    private let allowedSigners: @Sendable () -> String?
    private var known: [SignedStatement] = []
    /// How many records of the disk are among `known`.
    private var read = 0

    /// - Parameters:
    ///   - folder: of the state, for what ssh-keygen must read from a file.
    ///   - allowedSigners: the file of those who may sign with keys, by the newest configuration.
    init(
        _ paging: Paging, folder: String, allowedSigners: @escaping @Sendable () -> String?
    ) {
        self.paging = paging
        self.folder = folder
        self.allowedSigners = allowedSigners
    }

    var all: [SignedStatement] {
        get async {
            let records = await paging.kept(.signature)
            known += Self.statements(in: records.dropFirst(read))
            read = records.count
            return known
        }
    }

    /// Takes what a user of this machine sends; the signer is that user, whatever it says.
    func add(
        _ statement: SignedStatement, by author: String
    ) async -> Result<String, ActRefusal> {
        var statement = statement
        guard statement.signature == nil || statement.attestation.signer == author else {
            return .failure(
                ActRefusal("it is signed as \(statement.attestation.signer), sent by \(author)"))
        }
        statement.attestation.signer = author
        if let fault = statement.fault(at: wallClock()) { return .failure(ActRefusal(fault)) }
        if let fault = await signatureFault(of: statement) { return .failure(ActRefusal(fault)) }
        guard let kept = try? JSONEncoder().encode(statement) else {
            return .failure(ActRefusal("it cannot be written"))
        }
        let item = statement.attestation.item
        let refusal = await paging.keep(
            .signature, Array(kept), of: "\(statement.plan)/\(item)")
        let until = statement.attestation.expires.text.prefix(10)
        let said =
            statement.attestation.state == .revoked
            ? "\(item): revoked by \(author)"
            : "\(item): \(statement.attestation.state.rawValue), by \(author) until \(until)"
        return .success(refusal.map { "\(said) (not on disk: \($0))" } ?? said)
    }

    /// Why the signature of a key does not hold; nil where it does, and where there is none.
    private func signatureFault(of statement: SignedStatement) async -> String? {
        guard let signature = statement.signature else { return nil }
        guard let allowed = allowedSigners() else {
            return "nobody may sign with keys: name allowed_signers in [watch]"
        }
        do throws(SSHSignature.Failure) {
            try await SSHSignature.verify(
                signature, of: statement.canonical, by: statement.attestation.signer,
                among: allowed, in: folder)
            return nil
        } catch {
            return "the signature does not hold: \(error)"
        }
    }

    /// What is on disk, for those that do not own the watch; empty where nothing is, or cannot be read.
    static func onDisk(_ loaded: Loaded?) async -> [SignedStatement] {
        guard let loaded else { return [] }
        let file = PagerFile(path: loaded.state.pagerPath, isReader: true, now: wallClock)
        let kept = try? await file.load()
        let kind = PlanRecord.signature.rawValue
        return statements(in: (kept?.records ?? []).filter { $0.kind == kind })
    }

    private static func statements(in records: some Sequence<StateRecord>) -> [SignedStatement] {
        records.compactMap { record in
            try? JSONDecoder().decode(SignedStatement.self, from: Data(record.body))
        }.sorted { $0.attestation.signed < $1.attestation.signed }
    }
}
