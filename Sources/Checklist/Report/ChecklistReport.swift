import TimeSeries

/// A plan and where it stands, for people, dashboards and scripts.
public struct ChecklistReport: Sendable, Hashable, Codable {
    public var plan: String
    public var file: String
    /// Where the evidence comes from, or why there is none.
    public var evidence: String
    public var done: Int
    public var total: Int
    public var failed: Int
    public var unknown: Int
    /// In the plan's order.
    public var sections: [Section]
    public var items: [Item]
    /// The worst first.
    public var risks: [Risk]
    public var kpis: [KPI]
    public var scores: [Figure]
    /// The newest run; nil where none was ever started.
    public var run: Deployment?
    public var notes: [Note]

    public init(
        of plan: BoundPlan, _ verdict: PlanVerdict, file: String, evidence: String,
        run: Run? = nil, facts: PlanFacts = PlanFacts()
    ) {
        self.plan = plan.plan.title
        self.file = file
        self.evidence = evidence
        done = verdict.done
        total = verdict.items.count
        failed = verdict.items.count { $0.state.isFailing }
        unknown = verdict.items.count { $0.state == .unknown }
        notes = plan.plan.notes.map { Note(kind: $0.kind, line: $0.line, text: $0.text) }
        let signed = Dictionary(grouping: facts.attestations, by: \.item)
        var places: [Int: Int] = [:]
        (sections, places) = Section.all(of: plan.plan, verdict.items)
        items = zip(plan.items, verdict.items).map { item, verdict in
            var shown = Item(item, verdict, signed: signed[verdict.anchor] ?? [])
            shown.section = places[item.item.section]
            return shown
        }
        risks = Risk.all(of: plan.plan, verdict.risks)
        kpis = plan.plan.kpis.map { KPI($0, plan.bindings) }
        scores = Figure.all(of: plan, verdict, by: facts)
        self.run = run.map { Deployment(name: $0.name, started: $0.started, closed: $0.closed) }
    }

    /// 0 all done, 1 something is open, 2 something failed, 3 something is unknown.
    public var exitCode: Int32 {
        if failed > 0 { return 2 }
        if unknown > 0 { return 3 }
        return done < total || total == 0 ? 1 : 0
    }
}

extension ChecklistReport {
    /// A heading that holds boxes, with what became of those in it and below it.
    public struct Section: Sendable, Hashable, Codable {
        public var title: String
        public var slug: String
        public var level: Int
        public var line: Int
        public var done: Int
        public var failed: Int
        public var unknown: Int
        public var open: Int
        public var total: Int
        /// What the heading claims, where that is another number.
        public var stated: Int?
        /// When it is planned for, and whether that names an hour.
        public var planned: Timestamp?
        public var hasHour: Bool
    }

    public struct Item: Sendable, Hashable, Codable {
        public var anchor: String
        public var text: String
        /// "WAL Archiving" of "**WAL Archiving:** Configure …".
        public var lead: String?
        /// SHA-256 of the text: what people sign.
        public var textHash: String
        public var line: Int
        /// An index of the report's sections; nil for what stands in none of them.
        public var section: Int?
        public var depth: Int
        public var state: String
        /// When the state ends by itself: an attestation or a waiver.
        public var until: Timestamp?
        /// When a step of a run was verified.
        public var verifiedAt: Timestamp?
        /// Of such a step: whether it still is so.
        public var isStillTrue: Bool?
        /// Who stands for the state.
        public var signers: [String]
        public var severity: Severity
        public var itemClass: ItemClass
        /// Whether it is a step of a run.
        public var isStep: Bool
        /// Who sees to it, by the bindings.
        public var owner: String?
        /// How long a signature on it is good for, in seconds.
        public var signatureLife: Double?
        /// Whether a signature on it needs a file or link with its SHA-256.
        public var needsEvidence: Bool
        public var isTicked: Bool
        public var box: ItemVerdict.Box
        public var supported: Int
        public var checks: [Check]
        public var grade: String?
        /// When the oldest evidence that was judged was so.
        public var observedAt: Timestamp?
        /// The newest signatures, the newest first; those that count no more among them.
        public var signatures: [Signature]
        public var notes: [String]

        /// Whether it counts as done.
        public var isDone: Bool {
            ["verified", "verified-with-reservations", "attested", "not-applicable", "latched"]
                .contains(state)
        }
    }

    public struct Check: Sendable, Hashable, Codable {
        public var id: String
        public var target: String
        public var verdict: Verdict
        public var grade: String
        public var evidence: String
        public var observedAt: Timestamp?
        public var vantage: String?
        public var missingGrant: String?
    }

    public struct Signature: Sendable, Hashable, Codable {
        public var signer: String
        public var role: String?
        public var state: String
        public var statement: String
        public var signed: Timestamp
        public var expires: Timestamp
    }

    /// A row of the risk register with the live signals of its mitigations.
    public struct Risk: Sendable, Hashable, Codable {
        public var anchor: String
        public var name: String
        public var probability: String
        public var impact: String
        public var mitigation: String
        public var line: Int
        public var state: RiskState
        public var checks: [Check]
    }

    /// A row of a table of targets, and the KPI of the configuration that measures it.
    public struct KPI: Sendable, Hashable, Codable {
        public var anchor: String
        public var name: String
        /// As written.
        public var target: String
        /// What the document claims; never data.
        public var claim: String?
        public var due: String?
        public var line: Int
        /// nil: nothing measures it.
        public var kpi: String?
    }

    /// A figure over the whole plan.
    public struct Figure: Sendable, Hashable, Codable {
        public var name: String
        /// 0…1 of a share, a number of a count; nil where nothing can be said.
        public var value: Double?
        public var text: String
        public var unit = Unit.share
        /// Whether it is about all that is watched, and so the same in every plan.
        public var isOfWatch = false

        public enum Unit: String, Sendable, Hashable, Codable {
            case share, count
        }
    }

    public struct Deployment: Sendable, Hashable, Codable {
        public var name: String
        public var started: Timestamp
        /// nil while it is under way.
        public var closed: Timestamp?
    }

    public struct Note: Sendable, Hashable, Codable {
        public var kind: PlanNote.Kind
        public var line: Int
        public var text: String
    }
}
