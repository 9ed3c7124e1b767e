import Checklist
import Snapshot
import Terminal
import TestSupport
import Testing
import TimeSeries

@testable import Dashboard

@Suite("Keys of the checklist")
struct PlanUpdateTests {
    private let model = Screens.model("plans", size: Size(width: 120, height: 40))

    private func pressed(_ keys: Key..., on model: Model? = nil) -> (
        model: Model, commands: [Command]
    ) {
        keys.reduce((model ?? self.model, [])) { update($0.0, .key($1)) }
    }

    /// View 8 with a row selected.
    private func selecting(_ row: RowID) -> Model {
        var model = pressed("8").model
        model.selection[.checklist] = row
        return model
    }

    private func item(_ anchor: String) -> RowID { .planItem(PlanScenes.file, anchor) }

    private func rows(_ model: Model) -> [RowID] {
        model.scene?.content(.checklist)?.lines.map(\.id) ?? []
    }

    @Test("a and m ask for the words of a signature on the selected item")
    func prompts() {
        let costs = selecting(item("people/costs"))
        #expect(pressed("a", on: costs).model.prompt?.line.text == "attest people/costs because ")
        #expect(pressed("m", on: costs).model.prompt?.line.text == "waive people/costs because ")
        let open = pressed(.enter, on: costs).model
        #expect(open.detail?.row == item("people/costs"))
        #expect(pressed("a", on: open).model.prompt?.line.text == "attest people/costs because ")
    }

    @Test("a and m on anything but an item say what to select")
    func noItem() {
        for row in [RowID.plan(PlanScenes.file), .planSection(PlanScenes.file, 5)] {
            for key in ["a", "m"] as [Key] {
                let (model, commands) = pressed(key, on: selecting(row))
                #expect(model.prompt == nil && commands.isEmpty)
                #expect(model.message == "select an item")
            }
        }
        let risk = pressed("8", .tab, .down, "m").model
        #expect(risk.prompt == nil && risk.message == "select an item")
    }

    @Test("a on an item that evidence decides, or that nobody bound, says so")
    func pointless() {
        let auto = pressed("a", on: selecting(item("edge/security-headers"))).model
        #expect(auto.prompt == nil)
        #expect(auto.message?.hasPrefix("evidence decides edge/security-headers") == true)
        #expect(pressed("m", on: selecting(item("edge/security-headers"))).model.prompt != nil)
        let unbound = pressed("a", on: selecting(item("people/a-page-about-it-all"))).model
        #expect(unbound.prompt == nil && unbound.message?.contains("checklist bind") == true)
    }

    @Test("a line that is typed becomes an act; one that is none stays to be corrected")
    func acts() throws {
        let asked = pressed("a", on: selecting(item("people/costs"))).model
        let refused = pressed(.enter, on: asked)
        #expect(refused.commands.isEmpty)
        #expect(refused.model.prompt?.fault == "say why: … because WORDS")
        let (done, commands) = pressed("x", .enter, on: refused.model)
        let costs = try #require(model.plans.item(PlanScenes.file, "people/costs"))
        #expect(done.prompt == nil)
        #expect(
            commands == [
                .performOnPlan(
                    .sign(
                        file: PlanScenes.file, item: "people/costs", textHash: costs.textHash,
                        .holds, statement: "x", lasting: PlanAct.standardLife))
            ])
    }

    @Test("Tab goes through the parts and back to the first, Shift-Tab the other way")
    func parts() {
        var next = pressed("8").model
        var seen = [next.plans.part]
        for _ in PlansView.Part.allCases {
            next = pressed(.tab, on: next).model
            seen.append(next.plans.part)
        }
        #expect(seen == PlansView.Part.allCases + [.items])
        #expect(pressed("8", .backTab).model.plans.part == .notes)
        #expect(next.zoom == .checklist)
    }

    @Test("s shows the next choice of items, from whatever part")
    func show() {
        var next = pressed("8", .tab).model
        var seen: [PlansView.Show] = []
        for _ in PlansView.Show.allCases {
            next = pressed("s", on: next).model
            seen.append(next.plans.show)
            #expect(next.plans.part == .items)
        }
        #expect(seen == [.failed, .open, .unknown, .mine, .due, .all])
        #expect(pressed("s").model == model)
    }

    @Test(
        "each choice shows its items and no other",
        arguments: [
            (PlansView.Show.failed, 4), (.open, 5), (.unknown, 2), (.mine, 2), (.due, 4),
            (.all, 19),
        ])
    func choices(show: PlansView.Show, count: Int) {
        var next = pressed("8").model
        next.plans.show = show
        let items = rows(next).filter { if case .planItem = $0 { true } else { false } }
        #expect(items.count == count)
        let word = "\(show.rawValue) \(count)"
        #expect(view(next).text(row: 5).contains(word), "\(view(next).text(row: 5))")
    }

    @Test("mine is what I own or signed; due what ends soon, has ended or waits for its time")
    func mineAndDue() {
        var next = pressed("8").model
        next.plans.show = .mine
        #expect(rows(next).contains(item("people/costs")))
        #expect(rows(next).contains(item("postgresql/sessions")))
        next.plans.show = .due
        let due = rows(next)
        for anchor in ["people/training", "people/on-call"] { #expect(due.contains(item(anchor))) }
        for step in ["canary", "blue-retired"] {
            #expect(due.contains(item("go-live-jan-2-02-00-utc/\(step)")))
        }
    }

    @Test("r asks the watch to look anew, and does nothing where there is no plan")
    func look() {
        #expect(pressed("8", "r").commands == [.performOnPlan(.look)])
        let calm = Screens.model("calm", size: model.size)
        for keys in [["r"], ["8", "r"]] as [[Key]] {
            let (_, commands) = keys.reduce((calm, [])) { update($0.0, .key($1)) }
            #expect(commands.isEmpty)
        }
    }

    @Test("without plans every key of view 8 does nothing but leave")
    func noPlans() {
        let calm = Screens.model("calm", size: model.size)
        let empty = pressed("8", on: calm).model
        for key in [.enter, "s", "r", .down, "a", "m", "G"] as [Key] {
            let (next, commands) = pressed(key, on: empty)
            #expect(commands.isEmpty && next.detail == nil && next.prompt == nil)
        }
        #expect(pressed(.escape, on: empty).model.zoom == nil)
        #expect(view(empty).text(row: 5).contains("no plan loaded"))
    }

    @Test("Enter folds a section with all below it, and a plan")
    func fold() {
        let data = RowID.planSection(PlanScenes.file, 12)
        let all = rows(pressed("8").model)
        #expect(all.contains(data) && all.contains(item("postgresql/sessions")))
        let folded = pressed(.enter, on: selecting(data)).model
        #expect(folded.detail == nil)
        #expect(rows(folded).contains(data))
        #expect(!rows(folded).contains(item("postgresql/sessions")))
        #expect(rows(folded).contains(item("people/costs")))
        #expect(rows(pressed(.enter, on: folded).model) == all)
        let plan = pressed("8", .enter).model
        #expect(rows(plan).first == .plan(PlanScenes.file))
        #expect(rows(plan).count == 4)
    }

    @Test("Enter on the overview's pane opens view 8, and Esc comes back")
    func overview() {
        var overview = model
        overview.focus = .checklist
        let (open, commands) = pressed(.enter, on: overview)
        #expect(commands.isEmpty)
        #expect((open.zoom, open.detail) == (.checklist, nil))
        #expect(pressed(.escape, on: open).model.zoom == nil)
    }

    @Test("the rows of every part can be gone through one by one")
    func rowsInTurn() {
        var reports = PlanScenes.reports
        reports[0].notes.append(reports[0].notes[0])
        var next = update(pressed("8").model, .plans(reports)).model
        for _ in PlansView.Part.allCases {
            let all = rows(next)
            #expect(Set(all).count == all.count, "\(next.plans.part)")
            for row in all.dropFirst() {
                next = pressed(.down, on: next).model
                #expect(next.selection[.checklist] == row)
            }
            next = pressed(.tab, on: next).model
        }
    }

    @Test("paused, the plans stand still with the rest")
    func paused() {
        let held = pressed("8", "p").model
        var changed = PlanScenes.reports
        changed[0].items.removeAll()
        let later = update(held, .plans(changed)).model
        #expect(rows(later) == rows(held))
        #expect(rows(pressed("p", on: later).model) != rows(held))
    }

    @Test("plans that the watch has no more are not shown")
    func gone() {
        let later = update(pressed("8").model, .snapshot(Scenes.calm())).model
        #expect(rows(later).isEmpty)
        #expect(view(later).text(row: 5).contains("no plan loaded"))
    }

    @Test("a filter finds items by text, anchor and check")
    func filter() {
        var next = pressed("8").model
        for (text, anchor) in [
            ("REHEARSED", "people/training"), ("on-call", "people/on-call"),
            ("redis.auth", "redis/passwords"),
        ] {
            next.filter = text
            let items = rows(next).filter { if case .planItem = $0 { true } else { false } }
            #expect(items == [item(anchor)], "\(text)")
        }
    }
}

extension Key: ExpressibleByExtendedGraphemeClusterLiteral {
    public init(extendedGraphemeClusterLiteral value: Character) { self = .character(value) }
}

extension Key: ExpressibleByUnicodeScalarLiteral {
    public init(unicodeScalarLiteral value: Character) { self = .character(value) }
}
