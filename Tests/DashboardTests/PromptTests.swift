import Alerting
import Snapshot
import Terminal
import TestSupport
import Testing
import TimeSeries

@testable import Dashboard

@Suite("Acts on the dashboard")
struct PromptTests {
    private let model = Screens.model("paged", size: Size(width: 120, height: 40))

    private func pressed(_ keys: [Key]) -> (model: Model, commands: [Command]) {
        keys.reduce((model, [])) { update($0.0, .key($1)) }
    }

    private func typed(_ text: String) -> [Key] { text.map { .character($0) } }

    @Test("a acknowledges the alert that is selected, and asks before it is given back")
    func acknowledge() throws {
        let alerts = try #require(model.snapshot).alerts
        let mine = try #require(alerts.first { $0.key != nil })
        let isTaken = pressed([.character("7"), .character("a")])
        #expect(isTaken.commands.isEmpty)
        #expect(isTaken.model.prompt?.line.text == "unack \(try #require(mine.key))")

        var open = model
        for index in alerts.indices { open.snapshot?.alerts[index].response = .open }
        open = update(open, .key(.character("7"))).model
        #expect(
            update(open, .key(.character("a"))).commands
                == [.perform(.acknowledge(key: try #require(mine.key), lasting: nil))])
    }

    @Test("m proposes what to silence and for how long; without a reason it is not taken")
    func mute() {
        let asked = pressed([.character("7"), .character("m")])
        #expect(asked.model.prompt?.line.text.hasSuffix(" for 1h because ") == true)
        let refused = update(asked.model, .key(.enter))
        #expect(refused.commands.isEmpty)
        #expect(refused.model.prompt?.fault?.hasPrefix("why?") == true)
        var model = refused.model
        for key in typed("new disk") { model = update(model, .key(key)).model }
        guard case .perform(.silence(let request))? = update(model, .key(.enter)).commands.first
        else {
            Issue.record("no silence")
            return
        }
        #expect(request.reason == "new disk" && request.length == .seconds(3600))
        #expect(request.matchers.first?.hasPrefix("alertname=") == true && !request.isForAll)
    }

    @Test("a line is edited, completed, taken back and never loses what was typed")
    func editing() {
        var model = pressed([.character(":")] + typed("sil")).model
        model = update(model, .key(.tab)).model
        #expect(model.prompt?.line.text == "silence ")
        model = update(model, .key(.control("w"))).model
        #expect(model.prompt?.line.text == "")
        #expect(update(model, .key(.escape)).model.prompt == nil)
        let unknown = pressed([.character(":")] + typed("bark") + [.enter])
        #expect(unknown.model.prompt?.fault?.hasPrefix("there is no bark") == true)
        #expect(unknown.model.prompt?.line.text == "bark")
    }

    @Test("Enter on an alert asks for its runbook once, and shows it without what could harm")
    func runbook() throws {
        let opened = pressed([.character("7"), .enter])
        #expect(opened.commands == [.readRunbook("Runbooks/api.md")])
        let text = "# Down\u{1b}[2J\n\n- [ ] look\n\n```\ndf -h\n```\n"
        let shown = update(opened.model, .runbook("Runbooks/api.md", .text(Array(text.utf8)))).model
        let screen = Screens.dump(view(shown))
        #expect(screen.contains("☐ look") && screen.contains("│ df -h"))
        #expect(!screen.contains("\u{1b}"))
    }

    @Test("digits show one pane, and 1 all of them")
    func views() {
        #expect(pressed([.character("7")]).model.zoom == .alerts)
        #expect(pressed([.character("7"), .character("1")]).model.zoom == nil)
    }
}
