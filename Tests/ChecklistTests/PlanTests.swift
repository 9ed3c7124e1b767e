import Documents
import PromQL
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("A plan")
struct PlanTests {
    @Test("has its title, date and headings as a tree with stated and counted totals")
    func headings() throws {
        let plan = try plan()
        #expect(plan.title == "Harbour release plan")
        #expect(plan.date == Timestamp(milliseconds: 1_772_496_000_000))
        let stores = try #require(plan.sections.first { $0.title == "Data stores" })
        #expect(stores.stated == 3)
        #expect(stores.counted == 4)
        #expect(stores.parent.map { plan.sections[$0].title } == "Hardening")
        #expect(plan.sections.first { $0.title == "Hardening" }?.counted == 6)
        #expect(plan.sections[0].counted == plan.items.count)
    }

    @Test("has its boxes with lead, text, place and depth; those in code are none")
    func items() throws {
        let items = try plan().items
        #expect(items.count == 11)
        let archiving = items[0]
        #expect(archiving.anchor == "data-stores/wal-archiving")
        #expect(archiving.lead == "WAL Archiving")
        #expect(archiving.text == "WAL Archiving: Ship every segment to the archive")
        #expect((archiving.line, archiving.column, archiving.isTicked) == (15, 1, false))
        #expect(items[1].lead == "Audit trail")
        #expect(items[1].isTicked)
        #expect(items[2].text == "Backups: Keep a week of base backups on another continent")
        #expect(items[3].depth == 1)
        #expect(items[3].parent == 2)
        #expect(items[4].anchor == "edge/https-only")
        #expect(items[5].anchor == "edge/latency-5ms-for-99")
        #expect(items[5].isTicked)
    }

    @Test("gives equal anchors a number, in the order of the file")
    func duplicates() throws {
        let anchors = try plan().items.map(\.anchor)
        let leaf = "phase-1-storage-mar-4/archive-works"
        #expect(anchors.filter { $0.hasPrefix(leaf) } == [leaf, leaf + "~2"])
        #expect(Set(anchors).count == anchors.count)
    }

    @Test("has its KPI rows with targets, and claims that are never data")
    func kpis() throws {
        let rows = try plan().kpis
        try #require(rows.count == 4)
        #expect(rows[0].anchor == "numbers/p95-latency")
        #expect(rows[0].target?.bound == .less(than: 0.1))
        #expect(rows[0].target?.quantile == 0.95)
        #expect(rows[0].claim == .value(0.0125))
        #expect(rows[0].due == "Mar 5")
        #expect(rows[0].others == ["Status": "9x better"])
        guard case .bound = rows[1].claim else {
            Issue.record("an inequality became \(String(describing: rows[1].claim))")
            return
        }
        #expect(rows[2].target?.severity == "critical")
        #expect(rows[2].claim == KPIRow.Claim.none)
        #expect(rows[3].target?.quantity == .perSecond)
        #expect(rows[3].others["Status"] == "| odd")
    }

    @Test("tells rows and items of one name apart, and keeps anchors short")
    func anchors() throws {
        let twice = """
            ## Numbers
            - [ ] Latency
            - [ ] Latency

            | Metric | Target |
            | --- | --- |
            | Latency | <1s |
            | Latency | <2s |

            | Risk | Impact | Mitigation |
            | --- | --- | --- |
            | Loss | High | a |
            | Loss | Low | b |
            """
        let plan = try plan(twice)
        #expect(plan.items.map(\.anchor) == ["numbers/latency", "numbers/latency~2"])
        #expect(plan.kpis.map(\.anchor) == ["numbers/latency", "numbers/latency~2"])
        #expect(plan.risks.map(\.anchor) == ["numbers/loss", "numbers/loss~2"])
        let long = String(repeating: "word ", count: 2000)
        let anchor = try ChecklistTests.plan("## \(long)\n- [ ] \(long)").items[0].anchor
        #expect(anchor.count == 2 * 159 + 1)
        let other = try ChecklistTests.plan("## S\n- [ ] \(long) a\n- [ ] \(long) b").items.map(
            \.anchor)
        #expect(Set(other).count == 2)
    }

    @Test("has its risks, phases and the hours of its deployment")
    func risksAndPhases() throws {
        let plan = try plan()
        #expect(plan.risks.map(\.name) == ["Data loss", "Flood"])
        #expect(plan.risks[0].impact == "CRITICAL")
        #expect(plan.phases.map { plan.sections[$0].phase } == [1])
        let phase = try #require(plan.phases.first)
        #expect(plan.sections[phase].planned?.hasHour == false)
        #expect(plan.items(in: phase).map(\.text) == ["Archive works", "Archive works"])
        let golive = try #require(plan.deployment.first)
        #expect(plan.sections[golive].planned?.start == Timestamp(milliseconds: 1_772_632_800_000))
    }

    @Test("lists what it contradicts in itself, with the line")
    func notes() throws {
        let said = try plan().notes.map { "\($0.line) \($0.kind): \($0.text)" }
        #expect(
            said == [
                "8 readiness: \"Readiness: 97 % (from the last review)\" is claimed while "
                    + "9 of 11 boxes are open",
                "13 count: \"Data stores\" states 3 items and has 4",
                "29 advice: X-XSS-Protection is obsolete: browsers have dropped it",
                "44 effort: \"Phase 1: Storage (Mar 4)\" plans 2 person-hours; its items sum up to "
                    + "4-6 hours",
                "61 encoding: 1 runs of text on 1 lines were UTF-8 read as Windows-1252; "
                    + "they are repaired for display only",
                "65 status: P95 latency: \"9x better\" is 8x by the row's own numbers",
                "66 claim: Hit rate: the current value \">85%\" is no measurement",
                "73 order: \"Old colour decommissioned\" comes before \"Result verified\" "
                    + "(line 74): no fallback is left while that is open",
            ])
    }

    @Test("names its items the same after edits elsewhere, and hashes what the file says")
    func identity() throws {
        let before = try plan()
        let after = try plan(
            releasePlan.replacing("## Work", with: "## Other\n\n- [ ] New\n\n## Work"))
        #expect(Set(before.items.map(\.anchor)).isSubset(of: after.items.map(\.anchor)))
        let item = try plan("- [ ] x âœ…").items[0]
        #expect(item.text == "x ✅")
        #expect(item.textHash == SHA256.hex("x âœ…".utf8))
    }

    @Test("of more than a megabyte is refused")
    func size() {
        #expect(throws: PlanTooLarge(bytes: 1_048_577)) {
            try Plan(parsing: [UInt8](repeating: 32, count: 1_048_577), name: "x")
        }
    }
}

@Suite("Text of a plan")
struct PlanTextTests {
    @Test(
        "has slugs of ASCII letters and digits",
        arguments: [
            ("Query times <5ms for 99%", "query-times-5ms-for-99"), ("  A -- b  ", "a-b"),
            ("Größe naïve ﬁle", "gr-e-naive-file".replacing("gr-e", with: "gro-e")),
            ("e\u{301}tat", "etat"), ("x² Ａ９", "x2-a9"), ("✅", ""), ("Ø", ""),
        ])
    func slugs(text: String, expected: String) { #expect(slug(text) == expected) }

    @Test(
        "is repaired where it was read as Windows-1252",
        arguments: [
            ("ðŸ“‹ x âœ…", "📋 x ✅", 2), ("naïve café", "naïve café", 0),
            ("“quoted” — …", "“quoted” — …", 0),
            ("Ã©", "é", 1), ("âœ…âœ…", "✅✅", 1), ("日本", "日本", 0), ("plain", "plain", 0),
        ])
    func repair(text: String, expected: String, count: Int) {
        let repaired = EncodingRepair.repaired(text)
        #expect(repaired.text == expected)
        #expect(repaired.count == count)
    }

    @Test(
        "hashes as the published vectors do",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func hash(text: String, digest: String) { #expect(SHA256.hex(text.utf8) == digest) }

    @Test(
        "has dates in three forms",
        arguments: [
            ("October 23, 2025", 2025, 10, 23), ("29 Feb 2024", 2024, 2, 29),
            ("2026-03-04", 2026, 3, 4), ("1 January 1970", 1970, 1, 1),
        ])
    func dates(text: String, year: Int, month: Int, day: Int) throws {
        let date = try #require(PlanDate(fullDate: text))
        #expect((date.year, date.month, date.day) == (year, month, day))
        #expect(PlanDate(of: date.midnight) == date)
    }

    @Test(
        "has no date that the calendar lacks", arguments: ["29 Feb 2026", "soon", "2026-13-01", ""])
    func noDates(text: String) { #expect(PlanDate(fullDate: text) == nil) }
}
