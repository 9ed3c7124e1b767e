import Glibc
import Snapshot
import Terminal
import TestSupport
import Testing

@testable import Dashboard

/// Screens as they should be: text and roles, cell for cell. With `RECORD_GOLDENS=1` they are
/// written instead, and the run fails so that nobody records by accident.
@Suite("Golden screens")
struct GoldenTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var size: Size
        var keys: [Key] = []
        var testDescription: String { "\(name) \(size)" }
    }

    private static let sizes = [
        Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 24, height: 4),
    ]

    static let cases: [Case] =
        sizes.flatMap { size in
            ["calm", "trouble"].map { Case(name: $0, size: size) }
        } + [
            Case(name: "collecting", size: sizes[0]), Case(name: "connecting", size: sizes[0]),
            Case(name: "crowd", size: sizes[1]), Case(name: "down", size: sizes[1]),
            Case(name: "trouble", size: Size(width: 60, height: 20)),
            Case(name: "trouble", size: Size(width: 200, height: 50)),
            Case(name: "paged", size: sizes[0]), Case(name: "paged", size: sizes[1]),
            Case(
                name: "paged-alert", size: sizes[1], keys: [.character("7"), .enter]),
            Case(name: "paged-alerts", size: sizes[0], keys: [.character("7")]),
            Case(name: "paged-slo", size: sizes[0], keys: [.character("6"), .character("1")]),
            Case(name: "paged-mute", size: sizes[0], keys: [.character("7"), .character("m")]),
            Case(name: "trouble-help", size: sizes[0], keys: [.character("?")]),
            Case(name: "trouble-endpoint", size: sizes[1], keys: [.enter]),
            Case(name: "trouble-zoom", size: sizes[1], keys: [.character("z")]),
            Case(name: "calm-quit", size: sizes[0], keys: [.character("q")]),
            Case(
                name: "calm-filter", size: sizes[1],
                keys: [.character("/"), .character("a"), .character("p")]),
            Case(name: "calm-paused", size: sizes[0], keys: [.character("p")]),
            Case(name: "calm-checklist", size: sizes[0], keys: [.character("8")]),
        ] + plans

    /// View 8: its parts, an item in full, what a filter and a fold leave.
    private static let plans: [Case] =
        [sizes[0], sizes[1], Size(width: 200, height: 50)].map {
            Case(name: "plans-items", size: $0, keys: [.character("8")])
        }
        + ["risks", "run", "kpis", "notes"].enumerated().flatMap { index, part in
            sizes.prefix(2).map { size in
                Case(
                    name: "plans-\(part)", size: size,
                    keys: [.character("8")] + [Key](repeating: .tab, count: index + 1))
            }
        } + [
            Case(name: "plans-overview", size: sizes[1]),
            Case(
                name: "plans-item", size: sizes[1], keys: [.character("8"), .down, .down, .enter]),
            Case(
                name: "plans-item", size: sizes[0], keys: [.character("8"), .down, .down, .enter]),
            Case(
                name: "plans-signed", size: sizes[0],
                keys: [.character("8"), .character("/")] + "sessions".map { .character($0) }
                    + [.enter, .character("G"), .enter]),
            Case(
                name: "plans-step", size: sizes[0],
                keys: [.character("8"), .tab, .tab, .down, .down, .enter]),
            Case(
                name: "plans-figure", size: sizes[0],
                keys: [.character("8"), .tab, .tab, .tab, .down, .down, .enter]),
            Case(
                name: "plans-risk", size: sizes[0],
                keys: [.character("8"), .tab, .down, .enter]),
            Case(name: "plans-failed", size: sizes[0], keys: [.character("8"), .character("s")]),
            Case(
                name: "plans-folded", size: sizes[0],
                keys: [.character("8"), .down, .enter]),
            Case(
                name: "plans-sign", size: sizes[0],
                keys: [.character("8"), .pageDown, .character("a")]),
        ]

    @Test("the screen is the recorded one", arguments: cases)
    func golden(_ item: Case) throws {
        var model = Screens.model(String(item.name.prefix { $0 != "-" }), size: item.size)
        for key in item.keys { model = update(model, .key(key)).model }
        let screen = Screens.dump(view(model))
        let path = "Tests/DashboardTests/Goldens/\(item.name)-\(item.size).txt"
        if getenv("RECORD_GOLDENS") != nil {
            try Screens.write(screen, to: path)
            Issue.record("recorded \(path)")
        } else {
            #expect(screen == Screens.read(path), "\(path)")
        }
    }
}
