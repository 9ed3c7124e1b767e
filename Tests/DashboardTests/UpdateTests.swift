import Foundation
import Snapshot
import Targets
import Terminal
import TestSupport
import Testing
import TimeSeries

@testable import Dashboard

@Suite("Update")
struct UpdateTests {
    private let model = Screens.model("trouble", size: Size(width: 120, height: 40))

    private func pressed(_ keys: Key..., on model: Model? = nil) -> Model {
        keys.reduce(model ?? self.model) { update($0, .key($1)).model }
    }

    @Test("no key has two actions, and every action has a key")
    func conflicts() {
        let keys = KeyTable.bindings.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
        #expect(Set(KeyTable.bindings.map(\.action)) == Set(Action.allCases))
        #expect(KeyTable.bindings.allSatisfy { !$0.help.isEmpty && !$0.label.isEmpty })
    }

    @Test("the README's key table has every key of the table")
    func markdown() throws {
        let lines = KeyTable.markdown.split(separator: "\n")
        #expect(lines.count == KeyTable.bindings.count + 2)
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let readme = try String(contentsOfFile: root + "/README.md", encoding: .utf8)
        #expect(readme.contains(KeyTable.markdown), "\(KeyTable.markdown)")
    }

    @Test("Tab goes through every pane on the screen and back to the first")
    func tab() {
        let panes = OverviewLayout(size: model.size, contents: model.scene?.contents() ?? [:]).panes
        var seen: [PaneKind] = []
        var next = model
        for _ in panes {
            next = pressed(.tab, on: next)
            seen.append(next.focus)
        }
        #expect(Set(seen) == Set(panes.map(\.kind)))
        #expect(pressed(.backTab, on: next).focus == seen[seen.count - 2])
    }

    @Test("the selection follows its target when rows move")
    func selection() {
        let moved = pressed(.down, .down)
        let id = moved.selection[.endpoints]
        var snapshot = Scenes.trouble()
        snapshot.targets.reverse()
        let after = update(moved, .snapshot(snapshot)).model
        #expect(after.selection[.endpoints] == id)
        #expect(pressed(.character("G")).selection[.endpoints] != id)
    }

    @Test("Enter opens the selected row, Esc comes back and never quits")
    func detail() {
        let open = pressed(.enter)
        #expect(open.detail?.row == .target(TargetID(.http, "api")))
        #expect(pressed(.escape, on: open).detail == nil)
        #expect(update(model, .key(.escape)).commands.isEmpty)
    }

    @Test("a detail cannot be scrolled beyond its end")
    func scroll() {
        let end = pressed(.enter, .character("G"))
        #expect(pressed(.down, on: end) == end)
        #expect(pressed(.character("g"), on: end).detail?.scroll == 0)
    }

    @Test("q asks while this process owns an unserved watch; a second q quits")
    func quit() {
        let (asking, commands) = update(model, .key(.character("q")))
        #expect(commands.isEmpty && asking.overlay == .quit)
        #expect(update(asking, .key(.character("q"))).commands == [.quit])
        #expect(pressed(.escape, on: asking).overlay == nil)
    }

    @Test("q quits at once where the watch goes on without this process")
    func quitAttached() {
        var attached = model
        attached.ownsWatch = false
        #expect(update(attached, .key(.character("q"))).commands == [.quit])
        let served = Screens.model("calm", size: model.size)
        #expect(update(served, .key(.character("q"))).commands == [.quit])
    }

    @Test("a filter is typed, kept and cleared; its keys do nothing else")
    func filter() {
        let typing = pressed(.character("/"), .character("q"), .character("j"))
        #expect(typing.isTyping && typing.filter == "qj")
        #expect(pressed(.enter, on: typing).filter == "qj")
        #expect(pressed(.enter, .escape, on: typing).filter.isEmpty)
        #expect(pressed(.backspace, .backspace, .backspace, on: typing).isTyping == false)
        #expect(pressed(.paste("xyz"), on: typing).filter == "qjxyz")
    }

    @Test("a filter shows what contains it; with ! what does not")
    func filterRows() {
        var scene = Scene(snapshot: Scenes.trouble(), now: start, filter: "READY")
        #expect(scene.endpoints()?.lines.count == 1)
        scene.filter = "!ready"
        #expect(scene.endpoints()?.lines.count == 4)
        scene.filter = "nothing"
        #expect(scene.endpoints()?.lines.isEmpty == true)
    }

    @Test("pasted text triggers no keys")
    func paste() {
        #expect(update(model, .key(.paste("qqq"))).commands.isEmpty)
        #expect(pressed(.paste("z")) == model)
    }

    @Test("paused, the screen stands still while snapshots arrive; then it is up to date")
    func pause() {
        let paused = pressed(.character("p"))
        let later = update(paused, .snapshot(Scenes.calm(at: start + .seconds(60)))).model
        #expect(later.shown?.snapshot == model.snapshot)
        #expect(pressed(.character("p"), on: later).shown?.snapshot.takenAt == start + .seconds(60))
    }

    @Test("a theme is tried at once, kept by Enter, undone by Esc")
    func theme() {
        let (trying, commands) = update(pressed(.character("t")), .key(.down))
        #expect(commands == [.theme(1)] && trying.theme == 1)
        #expect(pressed(.enter, on: trying).theme == 1)
        #expect(update(trying, .key(.escape)).commands == [.theme(0)])
    }

    @Test("the fault menu is there only where the demo offers faults")
    func faults() {
        let menu = pressed(.character("f"), .down)
        #expect(update(menu, .key(.enter)).commands == [.demoFault("5xx burst")])
        var plain = model
        plain.faults = []
        #expect(pressed(.character("f"), on: plain) == plain)
    }

    @Test("zoom shows one pane; Tab goes on zoomed; Esc leaves")
    func zoom() {
        let zoomed = pressed(.character("z"))
        #expect(zoomed.zoom == .endpoints)
        #expect(pressed(.tab, on: zoomed).zoom == pressed(.tab, on: zoomed).focus)
        #expect(pressed(.escape, on: zoomed).zoom == nil)
    }

    @Test("a lost owner is said on the screen with the age of what is shown")
    func lost() {
        let later = update(model, .second(start + .seconds(42))).model
        let surface = view(update(later, .link(.lost("connection closed"))).model)
        #expect(surface.text(row: 2).contains("out of reach: connection closed"))
        #expect(surface.text(row: 2).contains("42 s old"))
        #expect(view(later).text(row: 2).contains("stale"))
    }
}
