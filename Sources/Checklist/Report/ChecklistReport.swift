import TimeSeries

/// A plan and where it stands, for people and scripts.
public struct ChecklistReport: Sendable, Encodable {
    public struct Section: Sendable, Encodable {
        public var title: String
        public var level: Int
        public var line: Int
        public var done: Int
        public var failed: Int
        public var unknown: Int
        public var open: Int
        public var total: Int
        /// What the heading claims, where that is another number.
        public var stated: Int?
    }

    public struct Item: Sendable, Encodable {
        public var anchor: String
        public var text: String
        public var line: Int
        public var state: String
        public var severity: Severity
        public var itemClass: ItemClass
        public var isTicked: Bool
        public var box: ItemVerdict.Box
        public var supported: Int
        public var checks: [Check]
        public var grade: String?
        public var notes: [String]
    }

    public struct Check: Sendable, Encodable {
        public var id: String
        public var target: String
        public var verdict: Verdict
        public var grade: String
        public var evidence: String
        public var missingGrant: String?
    }

    public struct Note: Sendable, Encodable {
        public var kind: PlanNote.Kind
        public var line: Int
        public var text: String
    }

    public var plan: String
    public var file: String
    /// Where the evidence comes from, or why there is none.
    public var evidence: String
    public var done: Int
    public var total: Int
    public var failed: Int
    public var unknown: Int
    public var sections: [Section]
    public var items: [Item]
    public var notes: [Note]

    public init(of plan: BoundPlan, _ verdict: PlanVerdict, file: String, evidence: String) {
        self.plan = plan.plan.title
        self.file = file
        self.evidence = evidence
        done = verdict.done
        total = verdict.items.count
        failed = verdict.items.count { $0.state.isFailing }
        unknown = verdict.items.count { $0.state == .unknown }
        items = zip(plan.items, verdict.items).map { Item($0, $1) }
        notes = plan.plan.notes.map { Note(kind: $0.kind, line: $0.line, text: $0.text) }
        sections = Self.sections(of: plan.plan, verdict.items)
    }

    /// Sections that hold boxes of their own or below them, but for the one around all.
    private static func sections(of plan: Plan, _ verdicts: [ItemVerdict]) -> [Section] {
        var rows = plan.sections.map { section in
            Section(
                title: section.title, level: section.level, line: section.line, done: 0, failed: 0,
                unknown: 0, open: 0, total: section.counted,
                stated: section.stated == section.counted ? nil : section.stated)
        }
        for (item, verdict) in zip(plan.items, verdicts) {
            var at: Int? = item.section
            while let here = at {
                rows[here].count(verdict.state)
                at = plan.sections[here].parent
            }
        }
        return rows.dropFirst().filter { $0.total > 0 && $0.level > 1 }
    }

    /// 0 all done, 1 something is open, 2 something failed, 3 something is unknown.
    public var exitCode: Int32 {
        if failed > 0 { return 2 }
        if unknown > 0 { return 3 }
        return done < total || total == 0 ? 1 : 0
    }
}

extension ChecklistReport.Section {
    fileprivate mutating func count(_ state: ItemState) {
        if state.isDone {
            done += 1
        } else if state.isFailing {
            failed += 1
        } else if state == .unknown {
            unknown += 1
        } else {
            open += 1
        }
    }
}

extension ItemState {
    /// A waiver silences; it does not mend.
    var isFailing: Bool { self == .failed || isWaived }
}

extension ChecklistReport.Item {
    fileprivate init(_ item: BoundItem, _ verdict: ItemVerdict) {
        anchor = item.item.anchor
        text = item.item.text
        line = item.item.line
        state = verdict.state.word
        severity = verdict.severity
        itemClass = verdict.itemClass
        isTicked = item.item.isTicked
        box = verdict.box
        supported = verdict.supported
        checks = verdict.results.map {
            ChecklistReport.Check(
                id: $0.check, target: $0.target, verdict: $0.verdict, grade: $0.grade.word,
                evidence: $0.evidence, missingGrant: $0.missingGrant)
        }
        grade = verdict.grade?.word
        notes = verdict.notes
    }
}
