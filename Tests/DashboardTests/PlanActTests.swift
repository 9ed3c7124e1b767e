import Alerting
import Checklist
import Snapshot
import Terminal
import TestSupport
import Testing

@testable import Dashboard

@Suite("Acts about plans, as they are typed")
struct PlanActTests {
    private let plans: PlansView = {
        var plans = PlansView()
        plans.reports = PlanScenes.reports
        return plans
    }()
    private let costs = RowID.planItem(PlanScenes.file, "people/costs")
    private let day = Duration.seconds(86_400)

    private func act(_ line: String, on row: RowID? = nil) throws -> PlanAct {
        try PlanAct.parse(line, in: plans, selected: row)
    }

    private func refusal(_ line: String, on row: RowID? = nil) -> String {
        do throws(ActRefusal) {
            return "taken: \(try PlanAct.parse(line, in: plans, selected: row))"
        } catch {
            return error.description
        }
    }

    private func signed(
        _ anchor: String, _ state: Attestation.State, _ statement: String, _ lasting: Duration
    ) throws -> PlanAct {
        let item = try #require(plans.item(PlanScenes.file, anchor))
        return .sign(
            file: PlanScenes.file, item: anchor, textHash: item.textHash, state,
            statement: statement, lasting: lasting)
    }

    @Test("sign the item that is named, else the selected one")
    func items() throws {
        let wanted = try signed("people/costs", .holds, "seen in March", day * 90)
        #expect(try act("attest people/costs because seen in March") == wanted)
        #expect(try act("attest because seen in March", on: costs) == wanted)
        #expect(try act("  attest   people/costs  because  seen in March ") == wanted)
        let other = RowID.planItem(PlanScenes.file, "people/on-call")
        #expect(try act("attest people/costs because seen in March", on: other) == wanted)
    }

    @Test("sign an item that several plans have in the plan that is selected")
    func twins() throws {
        let (file, anchor) = ("/etc/dogwatch/plans/edge.md", "headers/no-versions")
        guard case .sign(let found, anchor, _, .waived, _, _) = try act("waive \(anchor) because x")
        else {
            Issue.record("no waiver")
            return
        }
        #expect(found == file)
        var plans = plans
        plans.reports[1].items[0].anchor = "edge/no-versions"
        for selected in [PlanScenes.file, file] {
            let act = try PlanAct.parse(
                "waive edge/no-versions because x", in: plans, selected: .plan(selected))
            guard case .sign(selected, _, _, _, _, _) = act else {
                Issue.record("\(act)")
                continue
            }
        }
    }

    @Test(
        "say what is signed, and for how long",
        arguments: [
            ("attest holds because x", Attestation.State.holds, 90),
            ("attest does-not-hold because x", .doesNotHold, 90),
            ("attest not-applicable for 30d because x", .notApplicable, 30),
            ("attest for 2d because x", .holds, 2), ("attest for 9999d because x", .holds, 365),
            ("waive because x", .waived, 30), ("waive for 7d because x", .waived, 7),
        ])
    func states(line: String, state: Attestation.State, days: Int) throws {
        #expect(try act(line, on: costs) == signed("people/costs", state, "x", day * days))
    }

    @Test("take the life of a signature from the bindings, and revoke without a reason")
    func lives() throws {
        let training = RowID.planItem(PlanScenes.file, "people/training")
        #expect(
            try act("attest because x", on: training)
                == signed("people/training", .holds, "x", day * 180))
        #expect(
            try act("waive because x", on: training)
                == signed("people/training", .waived, "x", day * 30))
        #expect(
            try act("revoke", on: training) == signed("people/training", .revoked, "", day * 180))
        #expect(
            try act("revoke because it was a mistake", on: training)
                == signed("people/training", .revoked, "it was a mistake", day * 180))
    }

    @Test(
        "that cannot be taken say why",
        arguments: [
            ("attest because", "say why: … because WORDS"),
            ("attest", "say why: … because WORDS"), ("waive for 7d", "say why: … because WORDS"),
            (
                "attest maybe because x",
                "write holds, does-not-hold or not-applicable, not \"maybe\""
            ),
            ("attest holds now because x", "\"now\" has no meaning here"),
            ("waive holds because x", "\"holds\" has no meaning here"),
            ("waive for because x", "write a time such as 30d after for"),
            ("waive for ever because x", "write a time such as 30d after for"),
            ("waive for 0d because x", "write a time such as 30d after for"),
            ("attest people/nothing because x", "no plan has an item people/nothing"),
            ("bark because x", "\"bark\" is nothing that can be done about a plan"),
            ("", "\"\" is nothing that can be done about a plan"),
            ("run", "write: run start NAME, or run close"),
            ("run start", "write: run start NAME, or run close"),
            ("run close now", "write: run start NAME, or run close"),
            ("look again", "look stands alone: it means everything"),
        ])
    func refusals(line: String, why: String) {
        #expect(refusal(line, on: costs) == why)
    }

    @Test("need an item where none is named")
    func noItem() {
        for row in [
            nil, .plan(PlanScenes.file), .planSection(PlanScenes.file, 5),
            .planRisk(PlanScenes.file, "risks/data-loss"), .planItem("gone.md", "people/costs"),
            .planItem(PlanScenes.file, "people/gone"), .kpi("P95"),
        ] as [RowID?] {
            #expect(refusal("attest because x", on: row) == "select an item, or name it")
        }
    }

    @Test("are not taken where a signature would count for nothing")
    func pointless() throws {
        #expect(
            refusal("attest edge/security-headers because x")
                == "evidence decides edge/security-headers: look anew (r), or waive it (m)")
        #expect(
            try act("attest edge/security-headers not-applicable because x")
                == signed("edge/security-headers", .notApplicable, "x", day * 90))
        let unbound = "people/a-page-about-it-all"
        for verb in ["attest", "waive"] {
            #expect(
                refusal("\(verb) \(unbound) because x")
                    == "nothing says what \(unbound) rests on: dogwatch checklist bind")
        }
        var plans = plans
        let index = try #require(plans.reports[0].items.firstIndex { $0.anchor == "people/costs" })
        plans.reports[0].items[index].needsEvidence = true
        do throws(ActRefusal) {
            _ = try PlanAct.parse("attest because x", in: plans, selected: costs)
            Issue.record("taken without evidence")
        } catch {
            #expect(error.description.hasPrefix("it needs evidence: dogwatch checklist attest"))
        }
    }

    @Test("start and close the run of the only plan with steps, or of the selected one")
    func runs() throws {
        #expect(try act("run start 1.6.0") == .start(file: PlanScenes.file, run: "1.6.0"))
        #expect(
            try act("run start the big one") == .start(file: PlanScenes.file, run: "the big one"))
        #expect(try act("run close", on: costs) == .close(file: PlanScenes.file))
        #expect(try act("look", on: costs) == .look)
        // The row that is selected by itself on the overview may be one of a plan without steps.
        #expect(
            try act("run close", on: .plan("/etc/dogwatch/plans/edge.md"))
                == .close(file: PlanScenes.file))
        #expect(try act("run close", on: .kpi("P95")) == .close(file: PlanScenes.file))
    }

    @Test("ask which run is meant, and say where there are no steps")
    func whichRun() throws {
        var plans = plans
        plans.reports[1].items[0].isStep = true
        func refusal(_ plans: PlansView, _ row: RowID?) -> String? {
            do throws(ActRefusal) {
                _ = try PlanAct.parse("run close", in: plans, selected: row)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(refusal(plans, nil) == "select a row of the plan that is meant")
        #expect(refusal(plans, .plan("gone.md")) == "select a row of the plan that is meant")
        #expect(refusal(plans, .plan("/etc/dogwatch/plans/edge.md")) == nil)
        plans.reports = []
        #expect(refusal(plans, nil) == "no plan has steps: bind items with life = \"run\"")
    }
}

@Suite("Hostile plans on the screen")
struct HostilePlanTests {
    private static let texts = [
        "\u{1B}[2J\u{1B}]0;title\u{7}", "a\u{202E}gnp.exe", "日本語のとても長い項目の名前です",
        String(repeating: "long ", count: 2000), String(repeating: "x", count: 10_000),
        "👩‍👩‍👧‍👦 e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}",
        "a\nb\r\nc\u{0}d\u{9B}1m",
    ]

    /// Every text of the reports is replaced by hostile ones.
    private func model(_ size: Size) -> Model {
        var reports = PlanScenes.reports
        for index in reports.indices { reports[index].spoil(Self.texts) }
        return update(Screens.model("plans", size: size), .plans(reports)).model
    }

    private func isClean(_ surface: Surface) -> Bool {
        surface.cells.allSatisfy {
            $0.base == 0 || $0.base >= 0x20 && !(0x7f...0x9f).contains($0.base)
        }
            && !(0..<surface.size.height).contains { row in
                surface.text(row: row).unicodeScalars.contains { scalar in
                    [.control, .format].contains(scalar.properties.generalCategory)
                        && scalar.value != 0x200D
                }
            }
    }

    @Test(
        "leave no escape sequence, control or direction mark on any part or detail",
        arguments: [80, 120, 41])
    func cleaned(width: Int) {
        var model = model(Size(width: width, height: 30))
        model = update(model, .key(.character("8"))).model
        for _ in PlansView.Part.allCases {
            #expect(isClean(view(model)), "\(model.plans.part)")
            for line in model.scene?.content(.checklist)?.lines ?? [] {
                var open = model
                open.detail = .init(row: line.id)
                #expect(isClean(view(open)), "\(line.id)")
            }
            model = update(model, .key(.tab)).model
        }
    }

    @Test("keep an act whose line would be too long to name its item")
    func longAnchor() throws {
        var reports = PlanScenes.reports
        let index = try #require(reports[0].items.firstIndex { $0.anchor == "people/costs" })
        reports[0].items[index].anchor = "people/" + String(repeating: "x", count: 600)
        var model = Screens.model("plans", size: Size(width: 80, height: 24))
        model = update(model, .plans(reports)).model
        model = update(model, .key(.character("8"))).model
        model.selection[.checklist] = .planItem(PlanScenes.file, reports[0].items[index].anchor)
        model = update(model, .key(.character("a"))).model
        for key in "seen" { model = update(model, .key(.character(key))).model }
        let (_, commands) = update(model, .key(.enter))
        guard case .performOnPlan(.sign(_, let item, _, .holds, "seen", _))? = commands.first else {
            Issue.record("\(commands)")
            return
        }
        #expect(item == reports[0].items[index].anchor)
    }
}

extension ChecklistReport {
    /// Puts hostile text wherever a document, a target or a person could.
    fileprivate mutating func spoil(_ texts: [String]) {
        var next = 0
        func text() -> String {
            next += 1
            return texts[next % texts.count]
        }
        plan = text()
        for index in sections.indices { sections[index].title = text() }
        for index in items.indices {
            items[index].text = text()
            items[index].lead = items[index].lead == nil ? nil : text()
            items[index].owner = text()
            items[index].notes = items[index].notes.map { _ in text() }
            items[index].signers = items[index].signers.map { _ in text() }
            for place in items[index].signatures.indices {
                items[index].signatures[place].statement = text()
                items[index].signatures[place].signer = text()
                items[index].signatures[place].role = text()
            }
            for place in items[index].checks.indices { items[index].checks[place].spoil(text) }
        }
        for index in risks.indices {
            risks[index].name = text()
            risks[index].probability = text()
            risks[index].impact = text()
            risks[index].mitigation = text()
            for place in risks[index].checks.indices { risks[index].checks[place].spoil(text) }
        }
        for index in kpis.indices {
            kpis[index].name = text()
            kpis[index].target = text()
            kpis[index].claim = text()
            kpis[index].due = text()
            kpis[index].kpi = kpis[index].kpi == nil ? nil : text()
        }
        for index in scores.indices { scores[index].text = text() }
        for index in notes.indices { notes[index].text = text() }
        run?.name = text()
    }
}

extension ChecklistReport.Check {
    fileprivate mutating func spoil(_ text: () -> String) {
        target = text()
        evidence = text()
        vantage = text()
        missingGrant = missingGrant == nil ? nil : text()
    }
}
