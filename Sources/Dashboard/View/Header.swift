import Snapshot
import Targets
import Terminal
import TimeSeries

/// The two lines at the top: whose watch, how far, what time; how many in which state, what it costs.
struct Header {
    var model: Model

    func draw(in area: Rect, on surface: inout Surface) {
        surface.paint(area, .bar)
        let inner = area.inset(left: 1, right: 1)
        drawFirst(in: inner.row(0), on: &surface)
        drawSecond(in: inner.row(1), on: &surface)
    }

    private func drawFirst(in row: Rect, on surface: inout Surface) {
        guard !row.isEmpty else { return }
        let time = [Span("\(model.now.timeText)Z", .strong)]
        surface.writeRight(time, in: row)
        var room = row.inset(right: time.width + 2)
        if let paging = model.shown?.snapshot.paging, !paging.receivers.isEmpty {
            let line = PagingLine(paging: paging, now: model.now)
            let spans = line.receivers(within: max(0, room.width - 40))
            if !spans.isEmpty {
                surface.writeRight(spans, in: room)
                room = room.inset(right: spans.width + 2)
            }
        }
        let name = model.shown?.snapshot.watch.name ?? ""
        let nameWidth = columns(of: name)
        let watch = watchSpans(
            width: room.width - 12 - min(nameWidth, 14), wish: room.width - 12 - nameWidth)
        if !watch.text.isEmpty {
            surface.writeRight(watch.text, in: room.inset(right: watch.bar > 0 ? watch.bar + 1 : 0))
            if watch.bar > 0 {
                let bar = Rect(x: room.maxX - watch.bar, y: room.y, width: watch.bar, height: 1)
                Meter(watch.share, .graph).draw(in: bar, on: &surface)
            }
            room = room.inset(right: watch.text.width + (watch.bar > 0 ? watch.bar + 1 : 0) + 2)
        }
        let x = surface.write("dogwatch", at: room.origin, in: room, as: .brand)
        let rest = room.inset(left: x - room.x + 2)
        surface.write(cut(name, to: rest.width), at: rest.origin, in: rest, as: .strong)
    }

    /// "watch 03:12:44 of 24 h" and the width of its bar, by room: what there is when the name is
    /// cut, and what there is beside the whole name.
    private func watchSpans(width: Int, wish: Int) -> (text: [Span], bar: Int, share: Double) {
        guard let shown = model.shown else { return ([], 0, 0) }
        let watch = shown.snapshot.watch
        let elapsed = max(.zero, model.now.duration(since: watch.startedAt))
        let share = watch.length > .zero ? elapsed.inSeconds / watch.length.inSeconds : 0
        let left = watch.length - elapsed
        var text = [
            Span("\(longClock(elapsed))", .text), Span(" of \(lengthText(watch.length))", .dim),
        ]
        if left < .zero { text.append(Span("  over since \(shortAge(.zero - left))", .degraded)) }
        guard width >= text.width + 9 else { return (width >= text.width ? text : [], 0, share) }
        if wish >= text.width + 32 { text.insert(Span("watch ", .dim), at: 0) }
        if wish >= text.width + 34, left >= .zero {
            text.append(Span("  \(longClock(left)) left", .dim))
        }
        return (text, min(24, max(8, wish - text.width - 4)), share)
    }

    private func drawSecond(in row: Rect, on surface: inout Surface) {
        guard !row.isEmpty else { return }
        guard let shown = model.shown else {
            surface.write(linkSpans.fitted(to: row.width), at: row.origin, in: row)
            return
        }
        let counts = StateCounts(shown.snapshot).spans(within: row.width)
        surface.write(counts, at: row.origin, in: row)
        let room = row.inset(left: counts.width + 3)
        let cost = Flow(costItems(shown.snapshot), separator: Span("  ")).spans(within: room.width)
        surface.writeRight(cost, in: room)
    }

    private var linkSpans: [Span] {
        switch model.link {
        case .connecting(let text): [Span("◌ ", .pending), Span(text, .text)]
        case .live: [Span("◌ ", .pending), Span("waiting for the first snapshot …", .text)]
        case .lost(let reason): [Span("✖ ", .critical), Span(reason, .text)]
        }
    }

    private var unserved: String {
        model.ownsWatch ? "not served: q ends the watch" : "not served: ends with its owner"
    }

    /// The most important first; what does not fit is left out.
    private func costItems(_ snapshot: Snapshot) -> [[Span]] {
        let cost = snapshot.cost
        let paging = snapshot.paging.map { PagingLine(paging: $0, now: model.now) }
        var items = paging?.alarms ?? []
        if let notice = snapshot.notices.first, notice.health != .ok {
            items.append([
                Span("\(notice.health.look.glyph) \(notice.text)", notice.health.look.role)
            ])
        }
        items += paging?.items ?? []
        if let slo = snapshot.slos.min(by: { $0.remaining ?? 1 < $1.remaining ?? 1 }),
            slo.remaining != nil
        {
            items.append([
                Span("budget ", .dim),
                Span(slo.budgetText, slo.health == .ok ? .text : slo.look.role),
            ])
        }
        if !snapshot.watch.isServed {
            items.append([Span(unserved, .dim)])
        }
        if cost.cpu != nil { items.append(fact("cpu", cost.cpu, "%")) }
        if cost.residentBytes > 0 { items.append(fact("rss", Double(cost.residentBytes), "B")) }
        if let bytes = model.bytesPerSecond { items.append(fact("tty", bytes, "B/s")) }
        if cost.series > 0 {
            let isFull = cost.seriesLimit > 0 && cost.series * 10 > cost.seriesLimit * 9
            items.append(fact("series", Double(cost.series), "", isFull ? .degraded : .text))
        }
        return items
    }
}

/// How many targets are in each state, the worst first.
struct StateCounts {
    private var counts: [(look: Look, count: Int)] = []

    init(_ snapshot: Snapshot) {
        let judged = snapshot.targets.filter { $0.lastTry != nil }
        let order: [Health] = [.critical, .unknown, .degraded, .ok]
        for health in order {
            let count = judged.count { $0.health == health }
            if count > 0 || health == .ok { counts.append((health.look, count)) }
        }
        let waiting = snapshot.targets.count - judged.count
        if waiting > 0 { counts.append((.connecting, waiting)) }
    }

    /// "✖ 1 critical  ▲ 2 degraded  ● 41 ok", without the words when those do not fit.
    func spans(within width: Int) -> [Span] {
        let long = joined { [Span("\($0.glyph) \($1) \($0.word)", $1 > 0 ? $0.role : .dim)] }
        return long.width <= width
            ? long : joined { [Span("\($0.glyph)\($1)", $0.role)] }.fitted(to: width)
    }

    private func joined(_ make: (Look, Int) -> [Span]) -> [Span] {
        var spans: [Span] = []
        for entry in counts {
            if !spans.isEmpty { spans.append(Span("  ")) }
            spans += make(entry.look, entry.count)
        }
        return spans
    }
}
