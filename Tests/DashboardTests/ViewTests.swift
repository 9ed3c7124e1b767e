import Snapshot
import Targets
import Terminal
import TestSupport
import Testing
import TimeSeries

@testable import Dashboard

@Suite("Views")
struct ViewTests {
    @Test("every view is drawn at every impossible and tiny size", arguments: Screens.names)
    func sizes(name: String) {
        let sizes = [
            (0, 0), (1, 1), (0, 9), (9, 0), (2, 3), (20, 5), (39, 9), (40, 10), (60, 20),
            (300, 100),
        ]
        for (width, height) in sizes {
            for keys in ViewTests.paths.prefix(width > 100 ? 3 : 20) {
                var model = Screens.model(name, size: Size(width: width, height: height))
                for key in keys { model = update(model, .key(key)).model }
                #expect(view(model).size == Size(width: width, height: height))
            }
        }
    }

    /// Keys that lead to every view and overlay.
    private static let paths: [[Key]] = [
        [], [.character("?")], [.enter], [.character("z")], [.character("t")], [.character("f")],
        [.character("q")], [.character("/"), .character("a")], [.tab, .enter],
        [.tab, .tab, .tab, .enter],
        [.character("p")], [.character("z"), .character("?")],
        [.character("8")], [.character("8"), .down, .down, .enter], [.character("8"), .tab],
        [.character("8"), .tab, .tab], [.character("8"), .backTab, .backTab],
        [.character("8"), .backTab, .down, .enter],
    ]

    @Test("every detail is drawn", arguments: ["trouble", "crowd", "collecting"])
    func details(name: String) {
        let base = Screens.model(name, size: Size(width: 100, height: 30))
        for kind in PaneKind.allCases {
            for line in (base.scene?.content(kind)?.lines ?? []).prefix(8) {
                var model = base
                model.detail = .init(row: line.id)
                #expect(!view(model).text(row: 4).contains("not there"), "\(line.id)")
                for _ in 0..<3 { model = update(model, .key(.pageDown)).model }
                _ = view(model)
            }
        }
    }

    @Test("a table row stays within its pane whatever it says", arguments: 0..<40)
    func bounded(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let scene = Scene(
            snapshot: RandomScenes.snapshot(&random), now: start, filter: "")
        for kind in PaneKind.allCases {
            guard let content = scene.content(kind) else { continue }
            var surface = Surface(Size(width: 90, height: 30))
            let area = Rect(
                x: Int.random(in: 0..<40, using: &random),
                y: Int.random(in: 0..<15, using: &random),
                width: Int.random(in: 0..<70, using: &random),
                height: Int.random(in: 0..<16, using: &random)
            ).intersection(surface.area)
            PaneView(
                content: content, isFocused: true, selected: nil,
                linesPerRow: Int.random(in: 1...4, using: &random)
            ).draw(in: area, on: &surface)
            for y in 0..<30 {
                for x in 0..<90 where !area.contains(Point(x: x, y: y)) {
                    #expect(
                        surface.cell(x: x, y: y) == Cell(),
                        "seed \(seed), \(kind) wrote at \(x),\(y)")
                }
            }
        }
    }

    @Test("random snapshots on random sizes are drawn", arguments: 0..<40)
    func random(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let size = Size(
            width: Int.random(in: 0..<220, using: &random),
            height: Int.random(in: 0..<70, using: &random))
        var model = Model(size: size, now: start, faults: ["x"])
        var snapshot = RandomScenes.snapshot(&random)
        snapshot.checklist = PlanScenes.snapshot().checklist
        model = update(model, .snapshot(snapshot)).model
        model = update(model, .plans(PlanScenes.reports)).model
        if seed % 2 == 0 { model = update(model, .key(.character("8"))).model }
        for _ in 0..<6 {
            let keys = KeyTable.bindings.flatMap(\.keys)
            let key = keys[Int.random(in: 0..<keys.count, using: &random)]
            model = update(model, .key(key)).model
            let surface = view(model)
            #expect(surface.cells.allSatisfy { $0.base == 0 || $0.base >= 0x20 }, "seed \(seed)")
        }
    }

    @Test("missing values are never drawn as zero")
    func missing() {
        var snapshot = Scenes.calm()
        for index in snapshot.targets.indices {
            if case .redis(var server)? = snapshot.targets[index].detail {
                server.operationsPerSecond = nil
                server.hitRatio = nil
                server.ping = nil
                snapshot.targets[index].detail = .redis(server)
            }
        }
        let scene = Scene(snapshot: snapshot, now: start, filter: "")
        let items = scene.redis()?.lines.first?.row.items ?? []
        for case .text(let spans) in items
        where spans.text.contains("ops/s") || spans.text.contains("%") {
            Issue.record("a missing value has a unit: \(spans.text)")
        }
        #expect(items.contains(.text(figure(nil, unit: "%", unitWidth: 1))))
    }

    @Test(
        "numbers older than two intervals are dim and say how old they are",
        arguments: [(seconds: 9, isStale: false), (11, true), (97, true)])
    func stale(seconds: Int, isStale: Bool) {
        var target = Scenes.calm().targets[0]
        target.lastSuccess = start - .seconds(seconds)
        #expect((target.freshness(at: start) != .fresh) == isStale)
        #expect(target.noteTail(at: start).text == (isStale ? "\(seconds)s old" : ""))
    }

    @Test("the state of every row is a glyph and a word", arguments: ["trouble", "crowd"])
    func words(name: String) {
        for size in [
            Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 200, height: 50),
        ] {
            let surface = view(Screens.model(name, size: size))
            let text = (0..<size.height).map { surface.text(row: $0) }
            for row in text where row.contains("✖ api") || row.contains("✖ jobs ") {
                #expect(row.contains("critical"), "\(size): \(row)")
            }
        }
    }

    @Test("problems come first in every pane, and rows without room are counted")
    func order() {
        let scene = Screens.model("crowd", size: Size(width: 80, height: 24)).scene
        let health = scene?.endpoints()?.lines.map(\.health) ?? []
        #expect(health == health.sorted(by: >))
        let surface = view(Screens.model("crowd", size: Size(width: 80, height: 24)))
        #expect((0..<24).contains { surface.text(row: $0).contains("Endpoints +") })
    }
}

/// Snapshots of random kinds, sizes and nonsense.
enum RandomScenes {
    private static let texts = [
        "", "a", "日本語日本語日本語", "\u{1B}[2J", "x\u{202E}y", String(repeating: "w", count: 300), "👩‍👩‍👧‍👦",
        "e\u{301}\u{302}\u{303}",
    ]

    static func snapshot(_ random: inout SeededGenerator) -> Snapshot {
        let all = [
            Scenes.calm(), Scenes.trouble(), Scenes.collecting(), Scenes.crowd(), Scenes.down(),
        ]
        var snapshot = all[Int.random(in: 0..<all.count, using: &random)]
        snapshot.targets = snapshot.targets.filter { _ in Bool.random(using: &random) }.map {
            target in
            var target = target
            target.id.name = texts[Int.random(in: 1..<texts.count, using: &random)]
            target.reason = texts[Int.random(in: 0..<texts.count, using: &random)]
            target.health = Health.allCases[Int.random(in: 0..<4, using: &random)]
            target.lastSuccess = Bool.random(using: &random) ? nil : start - .seconds(60)
            target.history.values = target.history.values.map { value in
                switch Int.random(in: 0..<9, using: &random) {
                case 0: nil
                case 1: .infinity
                case 2: .nan
                case 3: -1e308
                case 4: 1e308
                default: value
                }
            }
            return target
        }
        snapshot.kpis = snapshot.kpis.map { kpi in
            var kpi = kpi
            kpi.value = [nil, .nan, .infinity, -1, 0, 1e300][Int.random(in: 0..<6, using: &random)]
            kpi.limit = [nil, 0, .nan, -5, 1e-300][Int.random(in: 0..<5, using: &random)]
            return kpi
        }
        snapshot.watch.length = .seconds(Int.random(in: -5..<1_000_000, using: &random))
        return snapshot
    }
}
