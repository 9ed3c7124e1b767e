import Snapshot
import Terminal
import TimeSeries

/// The next model after something happened, and what is to be done about it.
public func update(_ model: Model, _ message: Message) -> (model: Model, commands: [Command]) {
    var next = model
    switch message {
    case .key(let key):
        next.message = nil
        let commands = next.press(key)
        return (next, commands)
    case .resized(let size): next.size = size
    case .second(let now):
        next.now = now
        let commands = next.alarm()
        return (next, commands)
    case .snapshot(let snapshot):
        next.snapshot = snapshot
        next.link = .live
    case .link(let link): next.link = link
    case .note(let text): next.message = text
    case .runbook(let place, let runbook):
        // A person reads one at a time.
        if next.runbooks.count > 4 { next.runbooks = [:] }
        next.runbooks[place] = runbook
    case .plans(let reports): next.plans.reports = reports
    case .cost(let bytes): next.bytesPerSecond = bytes
    }
    return (next, [])
}

extension Model {
    /// The last resort: rings while nobody could be told of a page, whatever is paused.
    fileprivate mutating func alarm() -> [Command] {
        guard let since = snapshot?.paging?.untoldSince,
            now.duration(since: since) >= PagingLine.alarmAfter
        else { return [] }
        if let alarmedAt, now.duration(since: alarmedAt) < PagingLine.alarmInterval { return [] }
        alarmedAt = now
        return [.beep]
    }

    /// A key goes to what has them now: the filter's text, an overlay, or the view.
    fileprivate mutating func press(_ key: Key) -> [Command] {
        if isTyping { return type(key) }
        if prompt != nil { return typeCommand(key) }
        if let overlay { return pressOverlay(key, overlay) }
        guard let action = KeyTable.action(for: key) else { return [] }
        if action == .view, case .character(let digit) = key {
            showView(digit)
            return []
        }
        return detail == nil ? act(action) : actInDetail(action)
    }

    private mutating func act(_ action: Action) -> [Command] {
        switch action {
        case .nextPane: zoom == .checklist ? movePart(1) : movePane(1)
        case .previousPane: zoom == .checklist ? movePart(-1) : movePane(-1)
        case .down: moveRow(1)
        case .up: moveRow(-1)
        case .pageDown: moveRow(10)
        case .pageUp: moveRow(-10)
        case .first: moveRow(Int.min / 2)
        case .last: moveRow(Int.max / 2)
        case .open: return openSelected()
        case .view: break
        case .back: goBack()
        case .filter: isTyping = true
        case .zoom: zoom = zoom == nil ? shownFocus : nil
        case .pause, .theme, .fault, .help, .repaint, .quit, .acknowledge, .mute, .snooze, .note,
            .command, .show, .look:
            return actAnywhere(action)
        }
        return []
    }

    private mutating func actInDetail(_ action: Action) -> [Command] {
        let scroll = detail?.scroll ?? 0
        switch action {
        case .down: detail?.scroll = scroll + 1
        case .up: detail?.scroll = max(0, scroll - 1)
        case .pageDown: detail?.scroll = scroll + 10
        case .pageUp: detail?.scroll = max(0, scroll - 10)
        case .first: detail?.scroll = 0
        case .last: detail?.scroll = DetailView.scrollLimit
        case .back, .open: detail = nil
        case .nextPane, .previousPane, .filter, .zoom, .view: break
        case .pause, .theme, .fault, .help, .repaint, .quit, .acknowledge, .mute, .snooze, .note,
            .command, .show, .look:
            return actAnywhere(action)
        }
        clampScroll()
        return []
    }

    private mutating func actAnywhere(_ action: Action) -> [Command] {
        switch action {
        case .pause: paused = paused == nil ? snapshot.map { held($0) } : nil
        case .theme where !themeNames.isEmpty: overlay = .themes(selected: theme, before: theme)
        case .fault where !faults.isEmpty: overlay = .faults(selected: 0)
        case .help: overlay = .help(scroll: 0)
        case .repaint: return [.repaint]
        case .quit: return quit()
        case .acknowledge where isOnPlans: promptForSignature("attest", .holds)
        case .mute where isOnPlans: promptForSignature("waive", .waived)
        case .acknowledge: return acknowledge()
        case .mute: mute()
        case .show: showNext()
        case .look where snapshot?.checklist != nil: return [.performOnPlan(.look)]
        case .snooze: snooze()
        case .note: prompt = Prompt("note ")
        case .command: prompt = Prompt()
        default: break
        }
        return []
    }

    private func held(_ snapshot: Snapshot) -> Paused {
        Paused(snapshot: snapshot, at: now, reports: plans.reports)
    }

    /// One pane on the whole screen, or all of them.
    private mutating func showView(_ digit: Character) {
        let panes: [Character: PaneKind] = [
            "2": .endpoints, "3": .postgres, "4": .redis, "5": .containers, "6": .kpis,
            "7": .alerts, "8": .checklist,
        ]
        detail = nil
        zoom = panes[digit]
        if let pane = zoom { focus = pane }
    }

    /// Asks first where quitting would end a watch that nobody else serves.
    mutating func quit() -> [Command] {
        guard ownsWatch, snapshot?.watch.isServed != true else { return [.quit] }
        overlay = .quit
        return []
    }

    private mutating func goBack() {
        if zoom != nil {
            zoom = nil
        } else {
            filter = ""
        }
    }

    private mutating func type(_ key: Key) -> [Command] {
        switch key {
        case .enter: isTyping = false
        case .escape:
            isTyping = false
            filter = ""
        case .backspace:
            if filter.isEmpty { isTyping = false } else { filter.removeLast() }
        case .control("u"): filter = ""
        case .character(let character): filter = String((filter + String(character)).prefix(60))
        case .paste(let text): filter = String((filter + text).prefix(60))
        default: break
        }
        return []
    }

    private mutating func pressOverlay(_ key: Key, _ shown: Overlay) -> [Command] {
        let action = KeyTable.action(for: key)
        switch shown {
        case .help(let scroll): return pressHelp(action, scroll)
        case .themes(let selected, let before): return pressThemes(action, selected, before)
        case .faults(let selected): return pressFaults(action, selected)
        case .quit:
            if action == .quit { return [.quit] }
            if action == .back { overlay = nil }
            return []
        }
    }

    private mutating func pressHelp(_ action: Action?, _ scroll: Int) -> [Command] {
        switch action {
        case .down: overlay = .help(scroll: min(scroll + 1, KeyTable.bindings.count))
        case .up: overlay = .help(scroll: max(0, scroll - 1))
        case .back, .help, .open, .quit: overlay = nil
        default: break
        }
        return []
    }

    private mutating func pressThemes(_ action: Action?, _ selected: Int, _ before: Int)
        -> [Command]
    {
        switch action {
        case .down, .theme: return tryTheme((selected + 1) % themeNames.count, before)
        case .up: return tryTheme((selected + themeNames.count - 1) % themeNames.count, before)
        case .open:
            overlay = nil
            return []
        case .back, .quit:
            overlay = nil
            theme = before
            return [.theme(before)]
        default: return []
        }
    }

    private mutating func tryTheme(_ index: Int, _ before: Int) -> [Command] {
        overlay = .themes(selected: index, before: before)
        theme = index
        return [.theme(index)]
    }

    private mutating func pressFaults(_ action: Action?, _ selected: Int) -> [Command] {
        switch action {
        case .down: overlay = .faults(selected: min(selected + 1, faults.count - 1))
        case .up: overlay = .faults(selected: max(0, selected - 1))
        case .open:
            overlay = nil
            guard faults.indices.contains(selected) else { return [] }
            message =
                faults[selected].hasPrefix("mend ")
                ? faults[selected] : "fault: \(faults[selected])"
            return [.demoFault(faults[selected])]
        case .back, .quit: overlay = nil
        default: break
        }
        return []
    }
}

// Moving about the panes, which are where the view puts them.
extension Model {
    private var layout: OverviewLayout? {
        scene.map { OverviewLayout(size: size, contents: $0.contents(zoom: zoom), zoom: zoom) }
    }

    /// The pane with the focus as it is shown; nil before the first snapshot.
    var shownFocus: PaneKind? { layout.flatMap { focusedPane($0) } }

    fileprivate mutating func movePane(_ step: Int) {
        guard let scene else { return }
        let panes = OverviewLayout(size: size, contents: scene.contents()).panes.map(\.kind)
        guard !panes.isEmpty else { return }
        let index = panes.firstIndex(of: focus) ?? (step > 0 ? panes.count - 1 : 1)
        focus = panes[((index + step) % panes.count + panes.count) % panes.count]
        if zoom != nil { zoom = focus }
    }

    fileprivate mutating func moveRow(_ step: Int) {
        guard let pane = shownFocus, let lines = scene?.content(pane)?.lines, !lines.isEmpty else {
            return
        }
        let index = lines.firstIndex { $0.id == selection[pane] } ?? 0
        focus = pane
        selection[pane] = lines[min(max(index + step, 0), lines.count - 1)].id
    }

    fileprivate mutating func openSelected() -> [Command] {
        guard let pane = shownFocus, let lines = scene?.content(pane)?.lines,
            let first = lines.first
        else { return [] }
        let line = lines.first { $0.id == selection[pane] } ?? first
        focus = pane
        if pane == .checklist, zoom != .checklist {
            zoom = .checklist
            return []
        }
        if fold(line.id) { return [] }
        selection[pane] = line.id
        detail = Detail(row: line.id)
        guard let place = selectedAlert?.runbook, Runbook.isFile(place), runbooks[place] == nil
        else { return [] }
        return [.readRunbook(place)]
    }

    fileprivate mutating func clampScroll() {
        guard let detail, let scene else { return }
        let view = DetailView(
            scene: scene, detail: detail, runbooks: runbooks, plans: shownPlans)
        let body = OverviewLayout(size: size, contents: [:]).body
        self.detail?.scroll = min(detail.scroll, view.lastScroll(in: body))
    }
}
