import Terminal

/// What a key does in the overview, in a zoomed pane and in a detail.
public enum Action: String, Sendable, CaseIterable {
    case nextPane, previousPane
    case down, up, first, last, pageDown, pageUp
    case open, back, filter, pause, zoom, theme, fault, help, repaint, quit
    case view, acknowledge, mute, snooze, note, command, show, look
}

/// One line of the key table.
public struct Binding: Sendable {
    public var action: Action
    public var keys: [Key]
    /// As shown to people: "↑ k".
    public var label: String
    public var help: String
    /// One word for the line of keys at the bottom; nil: not shown there.
    public var short: String?
    /// The same in the checklist, where it means something else or is wanted more.
    public var onPlans: String?
}

/// The one table of keys: `update`, the help, the line at the bottom and the README take them from
/// here.
public enum KeyTable {
    public static let bindings: [Binding] = [
        Binding(
            action: .nextPane, keys: [.tab, .right, .character("l")], label: "Tab → l",
            help: "next pane", short: "pane", onPlans: "part"),
        Binding(
            action: .previousPane, keys: [.backTab, .left, .character("h")],
            label: "Shift-Tab ← h", help: "previous pane", short: nil),
        Binding(
            action: .down, keys: [.down, .character("j")], label: "↓ j", help: "next row",
            short: nil),
        Binding(
            action: .up, keys: [.up, .character("k")], label: "↑ k", help: "previous row",
            short: nil),
        Binding(
            action: .first, keys: [.character("g"), .home], label: "g Home", help: "first row",
            short: nil),
        Binding(
            action: .last, keys: [.character("G"), .end], label: "G End", help: "last row",
            short: nil),
        Binding(
            action: .pageDown, keys: [.pageDown, .control("d"), .control("f"), .character(" ")],
            label: "PgDn Ctrl-d", help: "ten rows down", short: nil),
        Binding(
            action: .pageUp, keys: [.pageUp, .control("u"), .control("b")], label: "PgUp Ctrl-u",
            help: "ten rows up", short: nil),
        Binding(
            action: .open, keys: [.enter], label: "Enter",
            help: "all facts about the row; folds a section",
            short: "detail"),
        Binding(
            action: .back, keys: [.escape], label: "Esc",
            help: "back: closes, then clears the filter; never quits", short: nil),
        Binding(
            action: .filter, keys: [.character("/")], label: "/",
            help: "show only rows that contain a text; ! at its start inverts", short: "filter",
            onPlans: "filter"),
        Binding(
            action: .zoom, keys: [.character("z")], label: "z",
            help: "one pane on the whole screen, and back", short: "zoom"),
        Binding(
            action: .view, keys: "12345678".map { .character($0) }, label: "1 … 8",
            help: "all panes, endpoints, PostgreSQL, Redis, containers, KPIs, alerts, checklist",
            short: nil),
        Binding(
            action: .acknowledge, keys: [.character("a")], label: "a",
            help: "you have the alert, or give it back; checklist: sign the item", short: "ack",
            onPlans: "sign"),
        Binding(
            action: .mute, keys: [.character("m")], label: "m",
            help: "silence it for a while, with a reason; checklist: waive it",
            short: "mute", onPlans: "waive"),
        Binding(
            action: .snooze, keys: [.character("S")], label: "S",
            help: "be asked again about it after a while", short: nil),
        Binding(
            action: .note, keys: [.character("n")], label: "n",
            help: "write a remark for all who watch", short: nil),
        Binding(
            action: .command, keys: [.character(":")], label: ":",
            help: "type an act: ack, silence, note, attest, run …; Tab completes",
            short: nil),
        Binding(
            action: .show, keys: [.character("s")], label: "s",
            help: "checklist: all items, failed, open, unknown, mine, due", short: nil,
            onPlans: "show"),
        Binding(
            action: .look, keys: [.character("r")], label: "r",
            help: "checklist: look at everything anew", short: nil, onPlans: "look"),
        Binding(
            action: .pause, keys: [.character("p")], label: "p",
            help: "hold the display; the watch goes on", short: "pause"),
        Binding(
            action: .theme, keys: [.character("t")], label: "t", help: "choose a theme",
            short: "theme"),
        Binding(
            action: .fault, keys: [.character("f")], label: "f",
            help: "cause a fault in the demo, or mend a hole of its plan", short: "fault"),
        Binding(
            action: .repaint, keys: [.control("l")], label: "Ctrl-l", help: "draw the screen again",
            short: nil),
        Binding(
            action: .help, keys: [.character("?"), .function(1)], label: "? F1",
            help: "these keys", short: "help", onPlans: "help"),
        Binding(
            action: .quit, keys: [.character("q")], label: "q",
            help: "quit; asks when that ends the watch. Ctrl-c quits at once", short: "quit",
            onPlans: "quit"),
    ]

    /// The action of a key; nil when it has none.
    public static func action(for key: Key) -> Action? { actions[key] }

    /// The table as Markdown, for the README.
    public static var markdown: String {
        let rows = bindings.map { binding in
            let keys = binding.label.split(separator: " ").map { "`\($0)`" }.joined(separator: " ")
            return "| \(keys) | \(binding.help) |"
        }
        return (["| key | does |", "| --- | --- |"] + rows).joined(separator: "\n")
    }

    private static let actions: [Key: Action] = {
        var actions: [Key: Action] = [:]
        for binding in bindings {
            for key in binding.keys { actions[key] = binding.action }
        }
        return actions
    }()
}
